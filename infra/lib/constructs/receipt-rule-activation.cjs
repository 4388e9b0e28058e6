// Runs in Lambda, inline (4096 characters at most), with the AWS SDK of its Node runtime.
// Activates the receipt rule set; on delete it deactivates it only if it is still the active one.
const physicalId = (event) => event.PhysicalResourceId ?? event.ResourceProperties.RuleSetName;

async function activate(event, ses) {
  const ours = event.ResourceProperties.RuleSetName;
  const active = await ses.activeRuleSet();
  if (event.RequestType === 'Delete') {
    if (active === ours) await ses.activate(undefined);
    return ours;
  }
  const before = event.OldResourceProperties?.RuleSetName;
  if (active !== undefined && active !== ours && active !== before) {
    // Taking over would silently stop mail that someone else's rules receive.
    throw new Error(
      `Receipt rule set ${active} is active in this account and region. When its mail may stop, deactivate it ` +
        '(aws ses set-active-receipt-rule-set, without a name), then deploy again: docs/operations.md.',
    );
  }
  if (active !== ours) await ses.activate(ours);
  return ours;
}

function sesOf({ SESClient, DescribeActiveReceiptRuleSetCommand, SetActiveReceiptRuleSetCommand }) {
  const client = new SESClient();
  return {
    activeRuleSet: async () => (await client.send(new DescribeActiveReceiptRuleSetCommand())).Metadata?.Name,
    activate: (name) => client.send(new SetActiveReceiptRuleSetCommand({ RuleSetName: name })),
  };
}

async function answer(event, outcome) {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({ StackId, RequestId, LogicalResourceId, ...outcome });
  const response = await fetch(event.ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}

async function handle(event, ses) {
  let outcome;
  try {
    outcome = { Status: 'SUCCESS', PhysicalResourceId: await activate(event, ses) };
  } catch (error) {
    outcome = { Status: 'FAILED', PhysicalResourceId: physicalId(event), Reason: String(error.message) };
  }
  await answer(event, outcome);
}

exports.handle = handle;
exports.handler = (event) => handle(event, sesOf(require('@aws-sdk/client-ses')));
