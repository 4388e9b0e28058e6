import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import type { Names } from '../names.ts';

/** Messages that failed for good: kept as long as SQS can, to be explained, sent again or thrown away. */
export function deadLetterQueue(scope: Construct, spec: FunctionSpec, names: Names): Queue {
  return new Queue(scope, 'DeadLetters', {
    queueName: names.queue(names.deadLetters(spec.name)),
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
}
