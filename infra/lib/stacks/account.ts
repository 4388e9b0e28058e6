import { Stack } from 'aws-cdk-lib';
import { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { Cloud } from '../cloud.ts';
import { ReceiptRuleActivation } from '../constructs/receipt-rule-activation.ts';
import { ACCOUNT_STACK, RULE_SET } from '../names.ts';

interface Props {
  readonly account: string;
  readonly region: string;
  readonly cloud: Cloud;
}

/** What AWS allows once an account and region: the active receipt rule set, into which each tenant puts its rule. */
export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, { account, region, cloud }: Props) {
    super(scope, id, {
      stackName: ACCOUNT_STACK,
      description: 'Calendar Invite Server: the receipt rule set of this account and region',
      env: { account, region },
      terminationProtection: cloud.keepsData,
    });
    const ruleSet = new ReceiptRuleSet(this, 'ReceiptRules', { receiptRuleSetName: RULE_SET });
    if (cloud.activatesReceiptRules) new ReceiptRuleActivation(this, ruleSet);
  }
}
