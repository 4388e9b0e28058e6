import { Duration } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { type ITopic, Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionSpec, QueueTrigger, Triggered } from '../functions.ts';
import { sidFor } from '../rights.ts';
import {
  deadLettersAgeAlarm,
  deadLettersAlarm,
  errorsAlarm,
  failuresAlarm,
  messageAgeAlarm,
  messagesWaitingAlarm,
  type Watch,
} from './alarms.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { FunctionWithRole, type Home } from './function-with-role.ts';

/**
 * How often a message is tried before it is a dead letter: twice more within seconds, as the functions ask for (shell/again.rs),
 * then each time the visibility timeout is over.
 */
const MAX_RECEIVES = 6;

/**
 * How long a message is hidden once it is handed out, in seconds. AWS advises six times the timeout, so that a batch whose call
 * is throttled is not handed out twice. Long work comes one message at a time, stops by itself and is taken up again by whoever
 * gets the message: there it is how long a fan-out stands still when its function was ended, so it is hardly more than the timeout.
 */
function hiddenSecs(spec: FunctionSpec, trigger: QueueTrigger): number {
  return trigger.batch_size === 1 ? spec.timeout_secs + 60 : 6 * spec.timeout_secs;
}

/** A function that reads a queue of its own name, with the topics the queue listens to, its dead letters and its role. */
export class QueueFunction extends Construct {
  readonly fn: FunctionWithRole;
  readonly queue: Queue;

  constructor(
    scope: Construct,
    { spec, trigger }: Triggered<QueueTrigger>,
    home: Home,
    topic: (name: string) => ITopic,
  ) {
    super(scope, spec.name);
    this.fn = new FunctionWithRole(this, spec, home);
    this.queue = new Queue(this, 'Queue', {
      queueName: home.names.queue(spec.name),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(hiddenSecs(spec, trigger)),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: deadLetterQueue(this, spec, home.names), maxReceiveCount: MAX_RECEIVES },
    });
    for (const name of trigger.topics) this.listenTo(name, topic(name));

    this.fn.allow(
      'OwnQueue',
      [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        // A message that failed comes back soon.
        'sqs:GetQueueUrl',
        'sqs:ChangeMessageVisibility',
      ],
      home.names.queueArn(spec.name),
    );
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.fn.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: trigger.batch_size,
      maxConcurrency: trigger.max_concurrency,
      reportBatchItemFailures: true,
      // Said either way: a mapping that is switched off stays so where a template says nothing.
      enabled: !home.suspended,
    });
    mapping.node.addDependency(this.fn.rights);
  }

  /** The message as it was published, without SNS's envelope, and from this topic only. */
  private listenTo(name: string, topic: ITopic): void {
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: sidFor(`topic ${name}`),
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: { ArnEquals: { 'aws:SourceArn': topic.topicArn } },
      }),
    );
    const subscription = new Subscription(this, `topic-${name}`, {
      topic,
      endpoint: this.queue.queueArn,
      protocol: SubscriptionProtocol.SQS,
      rawMessageDelivery: true,
    });
    subscription.node.addDependency(this.queue);
  }

  alarms(watch: Watch): Alarm[] {
    const { spec } = this.fn;
    return [
      deadLettersAlarm(watch, spec),
      deadLettersAgeAlarm(watch, spec),
      errorsAlarm(watch, spec),
      failuresAlarm(watch, spec),
      // Later than a message needs that failed twice and then succeeded.
      messageAgeAlarm(watch, spec, Math.max(600, 3 * 6 * spec.timeout_secs)),
      messagesWaitingAlarm(watch, spec),
    ];
  }
}
