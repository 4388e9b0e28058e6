import { describe, expect, it } from 'vitest';
import { FAILURES } from '../lib/log-queries.ts';
import { METRICS } from '../lib/names.ts';
import { functions, Platform } from './platform.ts';

const platform = new Platform(['prod']);
const WATCH = 'cis-prod-acme-watch';
const alarms = platform.resources('AWS::CloudWatch::Alarm', WATCH);

const alarmNamed = (name: string) => {
  const found = alarms.find(({ Properties }) => Properties.AlarmName === `cis-prod-acme-${name}`);
  if (!found) throw new Error(`no alarm ${name}`);
  return found.Properties;
};

describe('a function that catches what fails, asks for it again or answers 500', () => {
  const parts = ['cis-prod-acme-pipeline', 'cis-prod-acme-api'];
  const logs = parts.flatMap((part) => platform.resources('AWS::Logs::LogGroup', part));
  const filters = parts.flatMap((part) => platform.resources('AWS::Logs::MetricFilter', part));
  const filtersOn = (logGroupName: string) => {
    const group = logs.find(({ Properties }) => Properties.LogGroupName === logGroupName);
    // A reference: a filter cannot be made before there is a log.
    return filters.filter(({ Properties }) => Properties.LogGroupName.Ref === group?.id);
  };

  it.each(functions.all)('is heard of by its log: $name', ({ name, error_impact }) => {
    const counted = filtersOn(`/aws/lambda/cis-prod-acme-${name}`).filter(
      ({ Properties }) => Properties.FilterPattern === FAILURES,
    );
    // Without a DefaultValue the metric costs only when it happens.
    expect(counted.map(({ Properties }) => Properties.MetricTransformations)).toEqual([
      [{ MetricNamespace: METRICS, MetricName: `cis-prod-acme-${name}-failures`, MetricValue: '1' }],
    ]);
    expect(alarmNamed(`${name}-failures`)).toMatchObject({
      Namespace: METRICS,
      MetricName: `cis-prod-acme-${name}-failures`,
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanThreshold',
      // What fails for good has failed three times within 22 s; what succeeds at its second or third try has not.
      Threshold: 2,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining(error_impact),
    });
    expect(alarmNamed(`${name}-failures`).Dimensions).toBeUndefined();
  });

  it('is seen on the dashboard beside what Lambda knows of', () => {
    const runs = widgets().filter(({ properties }) => properties.title === 'Runs');
    const shown = runs.map(({ properties }) =>
      properties.metrics.filter(([namespace]: string[]) => namespace === METRICS).map(([, metric]: string[]) => metric),
    );
    expect(shown).toEqual(functions.all.map(({ name }) => [`cis-prod-acme-${name}-failures`]));
  });
});

describe('the API', () => {
  it('rings when it answers errors only, whichever function is behind it', () => {
    const [api] = platform.resources('AWS::ApiGatewayV2::Api', 'cis-prod-acme-api');
    const [dimension, ...more] = alarmNamed('api-errors').Dimensions;
    expect([dimension.Name, more]).toEqual(['ApiId', []]);
    expect(JSON.stringify(dimension.Value)).toContain(api?.id);
    expect(alarmNamed('api-errors')).toMatchObject({
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Statistic: 'Sum',
      Threshold: 2,
      Period: 300,
    });
  });
});

interface Widget {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of widget has its own
  readonly properties: any;
}

/** As CloudWatch reads it; in place of an alarm's ARN its logical id. */
const widgets = (): Widget[] => {
  const [dashboard] = platform.resources('AWS::CloudWatch::Dashboard', WATCH);
  const pieces: (string | Record<string, string[]>)[] = dashboard?.Properties.DashboardBody['Fn::Join'][1];
  const body = pieces.map((piece) => (typeof piece === 'string' ? piece : (piece['Fn::GetAtt']?.[0] ?? '')));
  return JSON.parse(body.join('')).widgets;
};

describe('the dashboard', () => {
  it('shows every alarm, in widgets that CloudWatch takes: of at most a hundred alarms', () => {
    const shown = widgets().flatMap(({ type, properties }) =>
      type === 'alarm' ? [properties.alarms as string[]] : [],
    );
    for (const some of shown) expect(some.length).toBeLessThanOrEqual(100);
    expect(shown.flat().sort()).toEqual(alarms.map(({ id }) => id).sort());
  });
});
