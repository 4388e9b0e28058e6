import { Duration, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StreamTrigger, Triggered } from '../functions.ts';
import {
  deadLettersAgeAlarm,
  deadLettersAlarm,
  errorsAlarm,
  failuresAlarm,
  iteratorAgeAlarm,
  type Watch,
} from './alarms.ts';
import { deadLetterQueue } from './dead-letters.ts';
import { FunctionWithRole, type Home } from './function-with-role.ts';

/** Bounded, so that one record that always fails does not stop its shard for the stream's 24 hours. */
const RETRIES = 10;

/** A function that reads the table's stream, with its dead letters and its role. */
export class StreamFunction extends Construct {
  readonly fn: FunctionWithRole;
  readonly deadLetters: Queue;

  constructor(scope: Construct, { spec, trigger }: Triggered<StreamTrigger>, home: Home, streamArn: string) {
    super(scope, spec.name);
    this.fn = new FunctionWithRole(this, spec, home);
    this.deadLetters = deadLetterQueue(this, spec, home.names);
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is itself a queue of dead letters: of a stream, which the rule does not recognise as a source.',
    });

    const streams = `${home.names.tableArn}/stream/*`;
    this.fn.allow(
      'OwnStream',
      ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      streams,
    );
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${streams}]`,
      reason:
        'DynamoDB names a table’s stream by the time it was made, and ListStreams is asked for the table’s streams.',
    });
    this.fn.allow('OwnDeadLetters', ['sqs:SendMessage'], home.names.queueArn(home.names.deadLetters(spec.name)));

    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.fn.live,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: trigger.batch_size,
      // One batch a shard at a time: the order of one item's changes is the order in which people are told.
      parallelizationFactor: 1,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      retryAttempts: RETRIES,
      // The library's SqsDlq would grant more than SendMessage.
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
      filters: [sortKeyFilter(trigger.sort_key_prefixes)],
      ...(trigger.batching_window_secs > 0 && { maxBatchingWindow: Duration.seconds(trigger.batching_window_secs) }),
      ...(trigger.tumbling_window_secs > 0 && { tumblingWindow: Duration.seconds(trigger.tumbling_window_secs) }),
    });
    mapping.node.addDependency(this.fn.rights);
  }

  alarms(watch: Watch): Alarm[] {
    const { spec } = this.fn;
    return [
      deadLettersAlarm(watch, spec),
      deadLettersAgeAlarm(watch, spec),
      errorsAlarm(watch, spec),
      failuresAlarm(watch, spec),
      iteratorAgeAlarm(watch, spec, 60),
    ];
  }
}

function sortKeyFilter(prefixes: readonly string[]): Record<string, unknown> {
  return FilterCriteria.filter({
    dynamodb: { Keys: { sk: { S: prefixes.flatMap((prefix) => FilterRule.beginsWith(prefix)) } } },
  });
}
