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
}

interface Measured {
  /** Last part of the alarm's name, like `errors`. */
  readonly what: string;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimension: Record<string, string>;
  readonly statistic: 'Maximum' | 'Sum';
  /** The alarm rings when the measure is above. */
  readonly above: number;
  readonly minutes: number;
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

/** The description is what it means for people, so that whoever is woken knows whether to get up. */
function alarm(watch: Watch, spec: FunctionSpec, measured: Measured): Alarm {
  return namedAlarm(watch, `${spec.name}-${measured.what}`, spec.error_impact, measured);
}

export function namedAlarm(
  { scope, names, topic }: Watch,
  name: string,
  description: string,
  { namespace, metricName, dimension, statistic, above, minutes }: Omit<Measured, 'what'>,
): Alarm {
  const rings = new Alarm(scope, name, {
    alarmName: names.alarm(name),
    alarmDescription: description,
    metric: new Metric({
      namespace,
      metricName,
      dimensionsMap: dimension,
      statistic,
      period: Duration.minutes(minutes),
    }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: above,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
  rings.addAlarmAction(new SnsAction(topic));
  rings.addOkAction(new SnsAction(topic));
  return rings;
}
