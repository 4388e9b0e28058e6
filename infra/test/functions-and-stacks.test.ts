import { describe, expect, it } from 'vitest';
import { acme } from '../config/tenants/acme.ts';
import { TOPICS_FROM_OUTSIDE } from '../lib/functions.ts';
import { sidFor } from '../lib/rights.ts';
import { functions, listOf, Platform, type Resource, type Statement } from './platform.ts';

const platform = new Platform(['local']);
const PREFIX = 'cis-local-acme-';

const lambdas = new Map(
  platform.resources('AWS::Lambda::Function').map((lambda) => [lambda.Properties.FunctionName as string, lambda]),
);
const rolesByName = new Map(
  platform.resources('AWS::IAM::Role').map((role) => [role.Properties.RoleName as string, role]),
);

function statementsOf(name: string): Statement[] {
  const role = rolesByName.get(PREFIX + name);
  return platform
    .resources('AWS::IAM::Policy')
    .filter((policy) => listOf(policy.Properties.Roles).some((one: { Ref?: string }) => one.Ref === role?.id))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Statement[]);
}

const OWN = {
  queue: {
    OwnQueue: [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
    ],
  },
  stream: {
    OwnStream: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
    OwnDeadLetters: ['sqs:SendMessage'],
  },
  http: {},
  page: {},
  authorizer: {},
};

describe('functions.json and the stacks agree', () => {
  it('on the functions: each one there is, and no other', () => {
    expect([...lambdas.keys()].sort()).toEqual(functions.all.map((spec) => PREFIX + spec.name).sort());
  });

  it.each(functions.all)('on how $name runs', (spec) => {
    const { Properties } = lambdas.get(PREFIX + spec.name) as Resource;
    expect(Properties).toMatchObject({
      Handler: spec.handler,
      Runtime: 'provided.al2023',
      Timeout: spec.timeout_secs,
      MemorySize: spec.memory_mb,
    });
    expect(Object.keys(Properties.Environment?.Variables ?? {}).sort()).toEqual([...spec.environment].sort());
  });

  it.each(functions.all)(
    'on what $name may do: each right, its log, its traces, its trigger, and nothing else',
    (spec) => {
      const kind = Object.keys(spec.trigger)[0] as keyof typeof OWN;
      const expected = {
        Logs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Traces: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
        ...Object.fromEntries(spec.rights.map(({ on, actions }) => [sidFor(on), [...actions].sort()])),
        ...OWN[kind],
      };
      const found = statementsOf(spec.name);
      expect(found.every((statement) => statement.Effect === 'Allow')).toBe(true);
      expect(found.map(({ Sid }) => Sid).sort()).toEqual(Object.keys(expected).sort());
      expect(Object.fromEntries(found.map(({ Sid, Action }) => [Sid, listOf(Action).sort()]))).toEqual(expected);
    },
  );

  it('gives each function a role of its own, without managed policies', () => {
    for (const spec of functions.all) {
      const role = rolesByName.get(PREFIX + spec.name) as Resource;
      expect(role.Properties.ManagedPolicyArns, spec.name).toBeUndefined();
      const users = [...lambdas.values()].filter((lambda) => lambda.Properties.Role['Fn::GetAtt'][0] === role.id);
      expect(users.map((lambda) => lambda.Properties.FunctionName)).toContain(PREFIX + spec.name);
    }
  });

  it.each(functions.queued)('on the queue of $spec.name', ({ spec, trigger }) => {
    const queue = platform
      .resources('AWS::SQS::Queue')
      .find(({ Properties }) => Properties.QueueName === PREFIX + spec.name) as Resource;
    const hiddenSecs = trigger.batch_size === 1 ? spec.timeout_secs + 60 : 6 * spec.timeout_secs;
    expect(queue.Properties.VisibilityTimeout).toBe(hiddenSecs);
    expect(queue.Properties.RedrivePolicy.maxReceiveCount).toBe(6);
    const mapping = platform
      .resources('AWS::Lambda::EventSourceMapping')
      .find(({ Properties }) => Properties.EventSourceArn['Fn::GetAtt']?.[0] === queue.id) as Resource;
    expect(mapping.Properties).toMatchObject({
      BatchSize: trigger.batch_size,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: trigger.max_concurrency },
    });
    const subscriptions = platform
      .resources('AWS::SNS::Subscription')
      .filter(({ Properties }) => Properties.Endpoint['Fn::GetAtt']?.[0] === queue.id);
    expect(subscriptions.map(({ Properties }) => topicOf(Properties.TopicArn)).sort()).toEqual(
      [...trigger.topics].sort(),
    );
    expect(subscriptions.every(({ Properties }) => Properties.RawMessageDelivery === true)).toBe(true);
  });

  it.each(functions.streamed)('on the stream of $spec.name', ({ spec, trigger }) => {
    const lambda = lambdas.get(PREFIX + spec.name) as Resource;
    const mapping = platform
      .resources('AWS::Lambda::EventSourceMapping')
      .find(({ Properties }) => Properties.FunctionName.Ref === lambda.id) as Resource;
    const [filter] = mapping.Properties.FilterCriteria.Filters;
    expect(JSON.parse(filter.Pattern)).toEqual({
      dynamodb: { Keys: { sk: { S: trigger.sort_key_prefixes.map((prefix) => ({ prefix })) } } },
    });
    expect(mapping.Properties).toMatchObject({
      BatchSize: trigger.batch_size,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ParallelizationFactor: 1,
      StartingPosition: 'TRIM_HORIZON',
    });
    expect(mapping.Properties.MaximumRetryAttempts).toBeGreaterThan(0);
    expect(mapping.Properties.DestinationConfig.OnFailure.Destination).toBeDefined();
    expect(mapping.Properties.MaximumBatchingWindowInSeconds).toBe(trigger.batching_window_secs || undefined);
    expect(mapping.Properties.TumblingWindowInSeconds).toBe(trigger.tumbling_window_secs || undefined);
  });

  it.each([
    ['http', 'CUSTOM', 'each told who calls'],
    ['pages', 'NONE', 'each open to whoever has the link'],
  ] as const)('on the routes of the API: %s, %s, %s', (kind, authorization, _why) => {
    const routes = platform
      .resources('AWS::ApiGatewayV2::Route')
      .filter(({ Properties }) => Properties.AuthorizationType === authorization);
    expect(routes.map(({ Properties }) => Properties.RouteKey).sort()).toEqual(
      functions[kind].flatMap(({ trigger }) => trigger.routes.map(keyOf)).sort(),
    );
  });

  it('on what browsers may call: the tenant’s own pages, and nothing where there are none', () => {
    const corsOf = (of: Platform) => of.resources('AWS::ApiGatewayV2::Api')[0]?.Properties.CorsConfiguration;
    expect(corsOf(platform)).toMatchObject({ AllowOrigins: acme.api.allowedOrigins });
    expect(corsOf(platform).AllowCredentials).toBeUndefined();
    expect(
      corsOf(new Platform(['prod'], [{ ...acme, api: { allowedOrigins: [], clients: [], issuers: [] } }])),
    ).toBeUndefined();
  });

  it('on the routes of the API, and no other', () => {
    const asked = [...functions.http, ...functions.pages].flatMap(({ trigger }) => trigger.routes);
    expect(platform.resources('AWS::ApiGatewayV2::Route')).toHaveLength(asked.length);
  });

  it('on the topics: each one published to, and those AWS tells of mails and uploads by', () => {
    const names = platform.resources('AWS::SNS::Topic').map(({ Properties }) => Properties.TopicName);
    expect(names.sort()).toEqual(
      ['alarms', ...TOPICS_FROM_OUTSIDE, ...functions.topics].map((name) => PREFIX + name).sort(),
    );
  });
});

/** A topic of the same stack is a reference, one of another stack a name. */
function topicOf(arn: { Ref?: string } | string): string {
  const name =
    typeof arn === 'string'
      ? arn.split(':').at(-1)
      : platform.resources('AWS::SNS::Topic').find(({ id }) => id === arn.Ref)?.Properties.TopicName;
  return String(name).slice(PREFIX.length);
}

function keyOf({ method, path }: { method: string; path: string }): string {
  return path === '$default' ? path : `${method} ${path}`;
}
