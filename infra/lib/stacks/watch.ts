import { Stack } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { namedAlarm, type Watch } from '../constructs/alarms.ts';
import { tenantBudget } from '../constructs/tenant-budget.ts';
import type { FunctionSpec, Functions } from '../functions.ts';
import { LOG_QUERIES } from '../log-queries.ts';
import { METRICS, type Names } from '../names.ts';
import type { Place } from '../tenant-stage.ts';
import type { DataStack } from './data.ts';

/** A function's construct knows what may go wrong with it. */
export interface Watched {
  alarms(watch: Watch): Alarm[];
}

/** As it stands in the repository; a tenant may say where his people read it. */
const RUNBOOK = 'docs/operations.md';

/** Who is told when something fails, and a page that shows how it goes. */
export class WatchStack extends Stack {
  constructor(
    scope: Construct,
    { names, tenant, cloud, suspended, stack }: Place,
    { serviceKey }: DataStack,
    functions: Functions,
    watched: readonly Watched[],
  ) {
    super(scope, 'watch', stack('watch', 'alarms and dashboard'));
    const topic = new Topic(this, 'Alarms', {
      topicName: names.topic(names.alarmTopic),
      masterKey: serviceKey,
      enforceSSL: true,
    });
    topic.grantPublish(
      new ServicePrincipal('cloudwatch.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': names.account } },
      }),
    );
    for (const email of tenant.alarms.emails) topic.addSubscription(new EmailSubscription(email));

    const runbook = tenant.alarms.runbook ?? RUNBOOK;
    const watch: Watch = { scope: this, names, topic, runbook, silent: suspended };
    const alarms = [
      ...watched.flatMap((one) => one.alarms(watch)),
      ...sendingAlarms(watch, tenant.sesSendsPerSecond),
      ...(tenant.ownLetters ? [ownLettersAlarm(watch)] : []),
    ];
    new Dashboard(this, 'Dashboard', {
      dashboardName: names.dashboard,
      widgets: [
        ...inHundreds(alarms).map((some) => [
          new AlarmStatusWidget({ title: 'Alarms', width: 24, height: 6, alarms: some }),
        ]),
        ...functions.all.map((spec) => row(spec, names)),
      ],
    });
    if (cloud.savesLogQueries) logQueries(this, names, functions);
    const { monthlyBudgetUsd, alarms: told } = tenant;
    if (cloud.keepsBudgets && monthlyBudgetUsd !== null) tenantBudget(this, names, monthlyBudgetUsd, told.emails);
  }
}

/**
 * SES reviews an account above 5 % bounces or 0.1 % complaints and pauses it at twice that, and refuses sends above the
 * rate. These ring at less than half of the first: while there is time to see which list, or which organizer, it is.
 */
function sendingAlarms(watch: Watch, sendsPerSecond: number): Alarm[] {
  const dimension = { 'ses:configuration-set': watch.names.configurationSet };
  return [
    namedAlarm(watch, 'bounce-rate', 'Too many mails bounce; SES may stop all sending of this account.', {
      what: 'bounce-rate',
      namespace: 'AWS/SES',
      metricName: 'Reputation.BounceRate',
      dimension,
      statistic: 'Maximum',
      above: 0.02,
      minutes: 15,
    }),
    namedAlarm(watch, 'complaint-rate', 'Too many people complain; SES may stop all sending of this account.', {
      what: 'complaint-rate',
      namespace: 'AWS/SES',
      metricName: 'Reputation.ComplaintRate',
      dimension,
      statistic: 'Maximum',
      above: 0.0005,
      minutes: 15,
    }),
    namedAlarm(
      watch,
      'send-rate',
      'Sending comes near the rate SES allows this account; mail will wait in the queues.',
      {
        what: 'send-rate',
        namespace: 'AWS/SES',
        metricName: 'Send',
        dimension: {},
        statistic: 'Sum',
        above: 0.9 * 60 * sendsPerSecond,
        minutes: 1,
      },
    ),
  ];
}

/** Letters go out all the same, as ours: nobody would notice but who reads them. The functions' logs are counted beside them. */
function ownLettersAlarm(watch: Watch): Alarm {
  return namedAlarm(watch, 'own-letters', 'A letter template of the tenant’s is not used; letters go out as ours.', {
    what: 'own-letters',
    namespace: METRICS,
    metricName: watch.names.ownLettersMetric,
    dimension: {},
    statistic: 'Sum',
    above: 0,
    minutes: 5,
  });
}

function logQueries(scope: Construct, names: Names, functions: Functions): void {
  for (const { name, query } of LOG_QUERIES) {
    new CfnQueryDefinition(scope, `Query ${name}`, {
      name: names.logQuery(name),
      queryString: query,
      logGroupNames: functions.all.map((spec) => names.functionLogs(spec.name)),
    });
  }
}

/** CloudWatch takes no more alarms in one widget. */
function inHundreds(alarms: readonly Alarm[]): Alarm[][] {
  const widgets = Math.ceil(alarms.length / 100);
  return Array.from({ length: widgets }, (_, widget) => alarms.slice(100 * widget, 100 * (widget + 1)));
}

function row(spec: FunctionSpec, names: Names): IWidget[] {
  const dimensionsMap = { FunctionName: names.function(spec.name) };
  const lambda = (metricName: string, statistic: string, label: string) =>
    new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic, label });
  const failures = new Metric({
    namespace: METRICS,
    metricName: names.failuresMetric(spec.name),
    statistic: 'Sum',
    label: 'failures',
  });
  const waiting = (queue: string, label: string) =>
    new Metric({
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensionsMap: { QueueName: names.queue(queue) },
      statistic: 'Maximum',
      label,
    });
  const dead = () => waiting(names.deadLetters(spec.name), 'dead letters');
  const backlog =
    'queue' in spec.trigger
      ? { title: 'Waiting', left: [waiting(spec.name, 'queue')], right: [dead()] }
      : 'stream' in spec.trigger
        ? { title: 'Behind', left: [lambda('IteratorAge', 'Maximum', 'iterator age, ms')], right: [dead()] }
        : { title: 'Refused', left: [lambda('Throttles', 'Sum', 'throttles')] };
  return [
    new TextWidget({
      width: 6,
      height: 5,
      markdown: `### ${spec.name}\n${spec.purpose}\n\n*If it fails:* ${spec.error_impact}`,
    }),
    new GraphWidget({
      width: 6,
      height: 5,
      title: 'Runs',
      left: [lambda('Invocations', 'Sum', 'runs')],
      right: [lambda('Errors', 'Sum', 'errors'), failures],
    }),
    new GraphWidget({
      width: 6,
      height: 5,
      title: 'Duration, ms',
      left: [lambda('Duration', 'p50', 'median'), lambda('Duration', 'p95', '95 %')],
    }),
    new GraphWidget({ width: 6, height: 5, ...backlog }),
  ];
}
