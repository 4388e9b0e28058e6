import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import type { Names } from '../names.ts';

/** Where alarms live and whom they tell. */
export interface Watch {
  readonly scope: Construct;
  readonly names: Names;
  readonly topic: ITopic;
  /** Rings without telling anybody: that nothing goes on is what was asked for. */
  readonly silent: boolean;
  /** Where docs/operations.md can be read. */
  readonly runbook: string;
}

/** Each has a section of its own in docs/operations.md, to which its alarms link. */
export type Kind =
  | 'dead-letters'
  | 'dead-letters-age'
  | 'errors'
  | 'message-age'
  | 'messages-waiting'
  | 'iterator-age'
  | 'bounce-rate'
  | 'complaint-rate'
  | 'send-rate';

interface Measured {
  /** Last part of the alarm's name. */
  readonly what: Kind;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimension: Record<string, string>;
  readonly statistic: 'Maximum' | 'Sum';
  /** The alarm rings when the measure is above. */
  readonly above: number;
  readonly minutes: number;
  /** How many times in a row; once where unset. */
  readonly times?: number;
}

/** What rings when a function that is just being released does harm: the release goes back. */
export function alarmsAgainstReleaseOf({ trigger }: FunctionSpec): Kind[] {
  if ('queue' in trigger) return ['errors', 'dead-letters', 'message-age'];
  if ('stream' in trigger) return ['errors', 'dead-letters', 'iterator-age'];
  return ['errors'];
}

export function deadLettersAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, {
    what: 'dead-letters',
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimension: { QueueName: watch.names.queue(watch.names.deadLetters(spec.name)) },
    statistic: 'Maximum',
    above: 0,
    minutes: 1,
  });
}

/** SQS throws away what is older than 14 days, and counts from when the message was first sent. */
const DEAD_LETTERS_OLD_SECS = 10 * 24 * 3600;

export function deadLettersAgeAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, {
    what: 'dead-letters-age',
    namespace: 'AWS/SQS',
    metricName: 'ApproximateAgeOfOldestMessage',
    dimension: { QueueName: watch.names.queue(watch.names.deadLetters(spec.name)) },
    statistic: 'Maximum',
    above: DEAD_LETTERS_OLD_SECS,
    minutes: 5,
  });
}

export function errorsAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, {
    what: 'errors',
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    dimension: { FunctionName: watch.names.function(spec.name) },
    statistic: 'Sum',
    above: 0,
    minutes: 5,
  });
}

export function messageAgeAlarm(watch: Watch, spec: FunctionSpec, aboveSecs: number): Alarm {
  return alarm(watch, spec, {
    what: 'message-age',
    namespace: 'AWS/SQS',
    metricName: 'ApproximateAgeOfOldestMessage',
    dimension: { QueueName: watch.names.queue(spec.name) },
    statistic: 'Maximum',
    above: aboveSecs,
    minutes: 5,
  });
}

/** What reaches many goes through the queues in shards, so as many messages are not work but something that stands still. */
const MANY_MESSAGES = 1000;

export function messagesWaitingAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, {
    what: 'messages-waiting',
    namespace: 'AWS/SQS',
    metricName: 'ApproximateNumberOfMessagesVisible',
    dimension: { QueueName: watch.names.queue(spec.name) },
    statistic: 'Maximum',
    above: MANY_MESSAGES,
    minutes: 5,
    times: 3,
  });
}

export function iteratorAgeAlarm(watch: Watch, spec: FunctionSpec, aboveSecs: number): Alarm {
  return alarm(watch, spec, {
    what: 'iterator-age',
    namespace: 'AWS/Lambda',
    metricName: 'IteratorAge',
    dimension: { FunctionName: watch.names.function(spec.name) },
    statistic: 'Maximum',
    above: aboveSecs * 1000,
    minutes: 5,
  });
}

function alarm(watch: Watch, spec: FunctionSpec, measured: Measured): Alarm {
  return namedAlarm(watch, `${spec.name}-${measured.what}`, spec.error_impact, measured);
}

/** The description is what it means for people, so that whoever is woken knows whether to get up; and what to do then. */
export function namedAlarm(
  { scope, names, topic, runbook, silent }: Watch,
  name: string,
  impact: string,
  { what, namespace, metricName, dimension, statistic, above, minutes, times = 1 }: Measured,
): Alarm {
  const rings = new Alarm(scope, name, {
    alarmName: names.alarm(name),
    alarmDescription: `${impact}\nWhat to do: ${runbook}#${what}`,
    metric: new Metric({
      namespace,
      metricName,
      dimensionsMap: dimension,
      statistic,
      period: Duration.minutes(minutes),
    }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: above,
    evaluationPeriods: times,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    ...(silent && { actionsEnabled: false }),
  });
  rings.addAlarmAction(new SnsAction(topic));
  rings.addOkAction(new SnsAction(topic));
  return rings;
}
