import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  MailFromBehaviorOnMxFailure,
  ReceiptRule,
  ReceiptRuleSet,
  TlsPolicy,
} from 'aws-cdk-lib/aws-ses';
import { S3 } from 'aws-cdk-lib/aws-ses-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { INBOX_PREFIX, RULE_SET } from '../names.ts';
import type { Place } from '../tenant-stage.ts';
import type { DataStack } from './data.ts';

/** The tenant's domain at SES: mail in to the inbox, and who we are when mail goes out. */
export class MailStack extends Stack {
  /** Tells of each mail that lies in the inbox. A hint only: the inbox is the truth. */
  readonly mailReceived: Topic;

  constructor(scope: Construct, { names, stack }: Place, { inbox, serviceKey }: DataStack) {
    super(scope, 'mail', stack('mail', 'receiving and sending domain'));
    const { account } = names;

    // in
    this.mailReceived = new Topic(this, 'MailReceived', {
      topicName: names.topic('mail-received'),
      masterKey: serviceKey,
      enforceSSL: true,
    });
    const sesMayTell = this.mailReceived.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SesMayTell',
        principals: [new ServicePrincipal('ses.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.mailReceived.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': names.receiptRuleArn },
        },
      }),
    );
    const rule = new ReceiptRule(this, 'ReceiptRule', {
      ruleSet: ReceiptRuleSet.fromReceiptRuleSetName(this, 'Rules', RULE_SET),
      receiptRuleName: names.receiptRule,
      // At the front of the set, SES's default, said here because it is meant: rules of tenants match domains that no
      // other tenant has, so none depends on its place.
      after: undefined,
      recipients: [names.mailDomain],
      scanEnabled: true,
      tlsPolicy: TlsPolicy.REQUIRE,
      actions: [new S3({ bucket: inbox, objectKeyPrefix: INBOX_PREFIX, topic: this.mailReceived })],
    });
    // SES tries both when the rule is made. The bucket's policy comes with the stack before.
    if (sesMayTell.policyDependable) rule.node.addDependency(sesMayTell.policyDependable);

    // out
    const configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: names.configurationSet,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      sendingEnabled: true,
    });
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(names.mailDomain),
      configurationSet,
      mailFromDomain: names.mailFromDomain,
      mailFromBehaviorOnMxFailure: MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
    });

    // What the domain's owner puts into DNS; docs/tenants.md tells the rest.
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: `${name} CNAME ${value}` });
    }
    new CfnOutput(this, 'InboundRecord', {
      value: `${names.mailDomain} MX 10 inbound-smtp.${names.region}.amazonaws.com`,
    });
    new CfnOutput(this, 'MailFromRecord', {
      value: `${names.mailFromDomain} MX 10 feedback-smtp.${names.region}.amazonses.com`,
    });
    new CfnOutput(this, 'MailFromSpfRecord', {
      value: `${names.mailFromDomain} TXT "v=spf1 include:amazonses.com ~all"`,
    });
  }
}
