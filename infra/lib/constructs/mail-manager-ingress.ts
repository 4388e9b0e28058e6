import { Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  CfnMailManagerIngressPoint,
  CfnMailManagerRelay,
  CfnMailManagerRuleSet,
  CfnMailManagerTrafficPolicy,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { receivingHost } from '../dns.ts';
import { ARRIVED_PREFIX, type Names } from '../names.ts';

/** As SES takes it: 40 MB. */
const MAX_MESSAGE_BYTES = 40 * 1024 * 1024;

/**
 * A door of the tenant's own before SES's: it takes mail to his domain only, over TLS 1.2 or newer, keeps it as it came, and hands
 * it to SES's receipt rules, so that everything behind them is the same. Rules of Mail Manager could write into the inbox
 * themselves, but do not tell the recipients of the envelope and SES's verdicts in the form the functions read.
 */
export class MailManagerIngress extends Construct {
  /** Where the domain's MX leads; only AWS knows. */
  readonly host: string;

  constructor(scope: Construct, names: Names, inbox: IBucket, closed: boolean) {
    super(scope, 'MailManager');
    const role = new Role(this, 'Role', {
      roleName: names.ingress,
      description: `Keeps what arrives for ${names.mailDomain}`,
      assumedBy: new ServicePrincipal('ses.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': names.account },
          ArnLike: { 'aws:SourceArn': names.mailManagerRulesArn },
        },
      }),
    });
    const rights = new Policy(this, 'Rights', {
      policyName: 'rights',
      roles: [role],
      statements: [
        new PolicyStatement({ sid: 'Arrived', actions: ['s3:PutObject'], resources: [names.arrivedArn] }),
        new PolicyStatement({ sid: 'Inbox', actions: ['s3:ListBucket'], resources: [names.inboxArn] }),
      ],
    });
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${names.arrivedArn}]`,
      reason: 'The mails that arrive are objects named by SES.',
    });

    const relay = new CfnMailManagerRelay(this, 'Relay', {
      relayName: names.ingress,
      serverName: receivingHost(names),
      serverPort: 25,
      authentication: { noAuthentication: {} },
    });
    const rules = new CfnMailManagerRuleSet(this, 'Rules', {
      ruleSetName: names.ingress,
      rules: [
        {
          name: 'keep-and-hand-on',
          actions: [
            {
              writeToS3: {
                s3Bucket: inbox.bucketName,
                s3Prefix: ARRIVED_PREFIX,
                roleArn: role.roleArn,
                actionFailurePolicy: 'CONTINUE',
              },
            },
            // The sender of the envelope stays: what comes back must reach him, and nobody answers a mail without one.
            { relay: { relay: relay.attrRelayId, mailFrom: 'PRESERVE', actionFailurePolicy: 'CONTINUE' } },
          ],
        },
      ],
    });
    rules.node.addDependency(rights);
    const policy = new CfnMailManagerTrafficPolicy(this, 'TrafficPolicy', {
      trafficPolicyName: names.ingress,
      defaultAction: 'DENY',
      maxMessageSizeBytes: MAX_MESSAGE_BYTES,
      policyStatements: [
        {
          action: 'ALLOW',
          conditions: [
            {
              stringExpression: {
                evaluate: { attribute: 'RECIPIENT' },
                operator: 'ENDS_WITH',
                values: [`@${names.mailDomain}`],
              },
            },
            {
              tlsExpression: {
                evaluate: { attribute: 'TLS_PROTOCOL' },
                operator: 'MINIMUM_TLS_VERSION',
                value: 'TLS1_2',
              },
            },
          ],
        },
      ],
    });
    const point = new CfnMailManagerIngressPoint(this, 'IngressPoint', {
      ingressPointName: names.ingress,
      type: 'OPEN',
      ruleSetId: rules.attrRuleSetId,
      trafficPolicyId: policy.attrTrafficPolicyId,
      tlsPolicy: 'REQUIRED',
      statusToUpdate: closed ? 'CLOSED' : 'ACTIVE',
    });
    this.host = point.attrARecord;
  }
}
