import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import { METRICS, type Names } from '../names.ts';

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
  | 'failures'
  | 'message-age'
  | 'messages-waiting'
  | 'own-letters'
  | 'iterator-age'
  | 'api-errors'
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

/** What rings when a function that is just being released does harm: the release goes back. `Names.alarm` has the whole names. */
export function alarmsAgainstReleaseOf({ name, trigger }: FunctionSpec): string[] {
  const own = (...kinds: Kind[]): string[] => kinds.map((kind) => `${name}-${kind}`);
  if ('queue' in trigger) return own('errors', 'failures', 'dead-letters', 'message-age');
  if ('stream' in trigger) return own('errors', 'failures', 'dead-letters', 'iterator-age');
  return [...own('errors', 'failures'), API_ERRORS];
}

/** The API is one, whatever function is behind a route. */
const API_ERRORS: Kind = 'api-errors';

/** A message that fails for good fails three times within 22 s (lambdas/src/shell/again.rs); one that succeeds then, less often. */
const MANY_FAILURES = 2;

/** SQS throws away what is older than 14 days, and counts from when the message was first sent. */
const DEAD_LETTERS_OLD_SECS = 10 * 24 * 3600;

/** What reaches many goes through the queues in shards, so as many messages are not work but something that stands still. */
const MANY_MESSAGES = 1000;

export function deadLettersAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, { what: 'dead-letters', ...deadLetters(watch, spec, WAITING), above: 0, minutes: 1 });
}

export function deadLettersAgeAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  const measure = deadLetters(watch, spec, OLDEST);
  return alarm(watch, spec, { what: 'dead-letters-age', ...measure, above: DEAD_LETTERS_OLD_SECS, minutes: 5 });
}

export function errorsAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, { what: 'errors', ...calls(watch, spec, 'Errors', 'Sum'), above: 0, minutes: 5 });
}

/** By the function's own log: it catches what fails, asks for the message again or answers 500, and Lambda knows of no error. */
export function failuresAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  return alarm(watch, spec, {
    what: 'failures',
    namespace: METRICS,
    metricName: watch.names.failuresMetric(spec.name),
    dimension: {},
    statistic: 'Sum',
    above: MANY_FAILURES,
    minutes: 5,
  });
}

/** What callers see, whoever is to blame: also that a function is throttled, too slow, or answers what the API cannot read. */
export function apiErrorsAlarm(watch: Watch, apiId: string): Alarm {
  return namedAlarm(
    watch,
    API_ERRORS,
    'Callers of the API and people who follow a link get errors instead of answers.',
    {
      what: API_ERRORS,
      namespace: 'AWS/ApiGateway',
      metricName: '5xx',
      dimension: { ApiId: apiId },
      statistic: 'Sum',
      above: MANY_FAILURES,
      minutes: 5,
    },
  );
}

export function messageAgeAlarm(watch: Watch, spec: FunctionSpec, above: number): Alarm {
  return alarm(watch, spec, { what: 'message-age', ...queue(watch, spec.name, OLDEST), above, minutes: 5 });
}

export function messagesWaitingAlarm(watch: Watch, spec: FunctionSpec): Alarm {
  const measure = queue(watch, spec.name, WAITING);
  return alarm(watch, spec, { what: 'messages-waiting', ...measure, above: MANY_MESSAGES, minutes: 5, times: 3 });
}

export function iteratorAgeAlarm(watch: Watch, spec: FunctionSpec, aboveSecs: number): Alarm {
  const measure = calls(watch, spec, 'IteratorAge', 'Maximum');
  return alarm(watch, spec, { what: 'iterator-age', ...measure, above: aboveSecs * 1000, minutes: 5 });
}

type Measure = Pick<Measured, 'namespace' | 'metricName' | 'dimension' | 'statistic'>;

const WAITING = 'ApproximateNumberOfMessagesVisible';
/** Its age, in seconds. */
const OLDEST = 'ApproximateAgeOfOldestMessage';

function queue({ names }: Watch, name: string, metricName: string): Measure {
  return { namespace: 'AWS/SQS', metricName, dimension: { QueueName: names.queue(name) }, statistic: 'Maximum' };
}

function deadLetters(watch: Watch, { name }: FunctionSpec, metricName: string): Measure {
  return queue(watch, watch.names.deadLetters(name), metricName);
}

function calls({ names }: Watch, { name }: FunctionSpec, metricName: string, statistic: Measure['statistic']): Measure {
  return { namespace: 'AWS/Lambda', metricName, dimension: { FunctionName: names.function(name) }, statistic };
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
