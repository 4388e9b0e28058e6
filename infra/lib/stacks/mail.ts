import { CfnOutput, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CfnConfigurationSetEventDestination,
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  Identity,
  MailFromBehaviorOnMxFailure,
  ReceiptRule,
  ReceiptRuleSet,
  TlsPolicy,
} from 'aws-cdk-lib/aws-ses';
import { S3 } from 'aws-cdk-lib/aws-ses-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import { MailManagerIngress } from '../constructs/mail-manager-ingress.ts';
import { dkimRecord, dmarcRecord, inboundRecord, lineOf, mailFromRecords } from '../dns.ts';
import { INBOX_PREFIX, RULE_SET } from '../names.ts';
import type { Place } from '../tenant-stage.ts';
import type { DataStack } from './data.ts';

/** What goes wrong with a letter: few, and each is acted upon. */
const FAILURES = [
  EmailSendingEvent.REJECT,
  EmailSendingEvent.BOUNCE,
  EmailSendingEvent.COMPLAINT,
  EmailSendingEvent.DELIVERY_DELAY,
];
/** What goes well: two for each letter, for the tenants that want to see it arrive. */
const SUCCESSES = [EmailSendingEvent.SEND, EmailSendingEvent.DELIVERY];

/** A topic to which SES publishes, and the policy that lets it. */
interface SesTopic {
  readonly topic: Topic;
  readonly policy?: IDependable;
}

/** The tenant's domain at SES: mail in to the inbox, and who we are when mail goes out. */
export class MailStack extends Stack {
  /** Tells of each mail that lies in the inbox. A hint only: the inbox is the truth. */
  readonly mailReceived: Topic;
  /** Tells what becomes of the mail that goes out. */
  readonly deliveryEvents: Topic;

  constructor(
    scope: Construct,
    { names, tenant, suspended, atMailManager, stack }: Place,
    { inbox, serviceKey }: DataStack,
  ) {
    super(scope, 'mail', stack('mail', 'receiving and sending domain'));
    const topicOfSes = (id: string, name: string, sourceArn: string): SesTopic => {
      const topic = new Topic(this, id, { topicName: names.topic(name), masterKey: serviceKey, enforceSSL: true });
      const { policyDependable: policy } = topic.addToResourcePolicy(
        new PolicyStatement({
          sid: 'SesMayTell',
          principals: [new ServicePrincipal('ses.amazonaws.com')],
          actions: ['sns:Publish'],
          resources: [topic.topicArn],
          conditions: {
            StringEquals: { 'aws:SourceAccount': names.account },
            ArnLike: { 'aws:SourceArn': sourceArn },
          },
        }),
      );
      return { topic, policy };
    };

    // in
    const received = topicOfSes('MailReceived', 'mail-received', names.receiptRuleArn);
    this.mailReceived = received.topic;
    const rule = new ReceiptRule(this, 'ReceiptRule', {
      ruleSet: ReceiptRuleSet.fromReceiptRuleSetName(this, 'Rules', RULE_SET),
      receiptRuleName: names.receiptRule,
      // At the front of the set, SES's default, said here because it is meant: rules of tenants match domains that no
      // other tenant has, so none depends on its place.
      after: undefined,
      recipients: [names.mailDomain],
      enabled: !suspended,
      scanEnabled: true,
      tlsPolicy: TlsPolicy.REQUIRE,
      actions: [new S3({ bucket: inbox, objectKeyPrefix: INBOX_PREFIX, topic: this.mailReceived })],
    });
    // SES tries both when the rule is made. The bucket's policy comes with the stack before.
    if (received.policy) rule.node.addDependency(received.policy);

    const ingress = atMailManager ? new MailManagerIngress(this, names, inbox, suspended) : undefined;

    // out
    const configurationSet = new ConfigurationSet(this, 'ConfigurationSet', {
      configurationSetName: names.configurationSet,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
      reputationMetrics: true,
      sendingEnabled: true,
    });
    const events = topicOfSes('DeliveryEvents', 'delivery-events', names.configurationSetArn);
    this.deliveryEvents = events.topic;
    // The library's own construct would write a second statement into the topic's policy, without a name.
    const destination = new CfnConfigurationSetEventDestination(this, 'EventDestination', {
      configurationSetName: configurationSet.configurationSetName,
      eventDestination: {
        name: 'delivery-events',
        enabled: true,
        matchingEventTypes: tenant.deliveryEvents === 'all' ? [...FAILURES, ...SUCCESSES] : FAILURES,
        snsDestination: { topicArn: this.deliveryEvents.topicArn },
      },
    });
    // SES publishes once to see whether it may.
    if (events.policy) destination.node.addDependency(events.policy);
    const identity = new EmailIdentity(this, 'Identity', {
      identity: Identity.domain(names.mailDomain),
      configurationSet,
      mailFromDomain: names.mailFromDomain,
      mailFromBehaviorOnMxFailure: MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
    });

    // What the domain's owner puts into DNS; `scripts/tenant dns` says what each is for.
    for (const [index, { name, value }] of identity.dkimRecords.entries()) {
      new CfnOutput(this, `DkimRecord${index + 1}`, { value: lineOf(dkimRecord(name, value)) });
    }
    new CfnOutput(this, 'InboundRecord', { value: lineOf(inboundRecord(names, ingress?.host)) });
    const [mailFrom, spf] = mailFromRecords(names);
    new CfnOutput(this, 'MailFromRecord', { value: lineOf(mailFrom) });
    new CfnOutput(this, 'MailFromSpfRecord', { value: lineOf(spf) });
    new CfnOutput(this, 'DmarcRecord', { value: lineOf(dmarcRecord(names)) });
  }
}
