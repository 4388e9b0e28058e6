import { readFileSync } from 'node:fs';
import type { CfnResource } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { STAGES } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';
import { eitherWayIn, functions, listOf, Platform, type Resource, type Statement } from './platform.ts';

/** Everything here holds for every stage, and for whatever is added tomorrow. */
const platform = new Platform(STAGES, [eitherWayIn]);
const stages = STAGES.map((stage) => `cis-${stage}-acme`);
const all = (type: string) => platform.resources(type);
const alarmsOn = (dimension: string, value: string) =>
  all('AWS::CloudWatch::Alarm').filter(({ Properties }) =>
    (Properties.Dimensions ?? []).some(
      (one: { Name: string; Value: string }) => one.Name === dimension && one.Value === value,
    ),
  );

describe('every queue', () => {
  const queues = all('AWS::SQS::Queue').map(({ Properties, id }) => ({
    name: Properties.QueueName as string,
    Properties,
    id,
  }));

  it('is there for each of the functions that need one, in each stage', () => {
    const needed = functions.queued.length * 2 + functions.streamed.length;
    expect(queues).toHaveLength(stages.length * needed);
  });

  it.each(queues)('$name is encrypted', ({ Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
  });

  it.each(queues)('$name is spoken to over TLS only', ({ id, name }) => {
    const stack = name.split('-').slice(0, 3).join('-');
    const policy = platform
      .resources('AWS::SQS::QueuePolicy', `${stack}-pipeline`)
      .find(({ Properties }) => Properties.Queues.some((one: { Ref: string }) => one.Ref === id));
    expect(policy?.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 'sqs:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  });

  it.each(queues.filter(({ name }) => !name.endsWith('-dlq')))(
    '$name hands what fails to dead letters that are kept as long as SQS can',
    ({ Properties, name }) => {
      const target = Properties.RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0];
      const dead = queues.find((queue) => queue.id === target && queue.name === `${name}-dlq`);
      expect(dead?.Properties.MessageRetentionPeriod).toBe(14 * 24 * 3600);
    },
  );

  it.each(queues)('$name rings when it is too long and when a message is too old', ({ name }) => {
    const alarms = alarmsOn('QueueName', name).map(({ Properties }) => [Properties.MetricName, Properties.Threshold]);
    const dead = name.endsWith('-dlq');
    expect(alarms.sort()).toEqual([
      ['ApproximateAgeOfOldestMessage', dead ? 10 * 24 * 3600 : expect.any(Number)],
      ['ApproximateNumberOfMessagesVisible', dead ? 0 : 1000],
    ]);
  });
});

describe('every function', () => {
  const every = platform.tree.filter((one) => CfnFunction.isCfnFunction(one));
  const ours = every.filter((one) => one.handler !== 'index.handler');

  it('is there for each of functions.json, in each stage', () => {
    expect(ours).toHaveLength(stages.length * functions.all.length);
  });

  it('rings when it fails, in words that say what it means', () => {
    for (const stage of stages) {
      for (const spec of functions.all) {
        const alarms = alarmsOn('FunctionName', `${stage}-${spec.name}`);
        expect(alarms.map(({ Properties }) => Properties.MetricName)).toContain('Errors');
        for (const { Properties } of alarms) expect(Properties.AlarmDescription).toContain(spec.error_impact);
      }
    }
  });

  it('on a stream rings when it falls behind', () => {
    for (const stage of stages) {
      for (const { spec } of functions.streamed) {
        const metrics = alarmsOn('FunctionName', `${stage}-${spec.name}`).map(
          ({ Properties }) => Properties.MetricName,
        );
        expect(metrics).toContain('IteratorAge');
      }
    }
  });

  it('runs on arm64, on this machine on what it has', () => {
    for (const one of every) {
      const local = one.functionName?.startsWith('cis-local-') && process.arch !== 'arm64';
      expect(one.architectures, one.node.path).toEqual([local ? 'x86_64' : 'arm64']);
    }
  });

  it('is traced', () => {
    for (const one of every) expect(one.tracingConfig, one.node.path).toEqual({ mode: 'Active' });
  });

  it('writes to a log group that is named and does not keep for ever', () => {
    for (const one of ours) expect(one.loggingConfig, one.node.path).toHaveProperty('logGroup');
    for (const group of platform.tree.filter((one) => CfnLogGroup.isCfnLogGroup(one))) {
      expect(group.retentionInDays, group.node.path).toBeGreaterThan(0);
      expect(group.logGroupName, group.node.path).toBeDefined();
    }
  });
});

describe('every alarm', () => {
  const alarms = platform.tree.filter((one) => CfnAlarm.isCfnAlarm(one));
  const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const sections = new Set([...guide.matchAll(/^#+ (?<title>.+)$/gm)].map(({ groups }) => groups?.title));

  it('tells somebody, says what it means, and where it stands what to do', () => {
    expect(alarms.length).toBeGreaterThan(0);
    for (const alarm of alarms) {
      expect(alarm.alarmActions, alarm.node.path).toHaveLength(1);
      const said = alarm.alarmDescription?.match(/^\w.* .*\nWhat to do: docs\/operations\.md#(?<section>[a-z-]+)$/);
      expect(sections, alarm.node.path).toContain(said?.groups?.section);
    }
  });

  it('links to where the tenant’s people read it', () => {
    const runbook = 'https://wiki.acme.example/operations';
    const linked = new Platform(['dev'], [{ ...acme, alarms: { ...acme.alarms, runbook } }]);
    for (const { Properties } of linked.resources('AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmDescription).toContain(`\nWhat to do: ${runbook}#`);
    }
  });
});

describe('what is kept', () => {
  it('is encrypted', () => {
    for (const { Properties } of all('AWS::DynamoDB::GlobalTable')) {
      expect(Properties.SSESpecification, Properties.TableName).toEqual({ SSEEnabled: true, SSEType: 'KMS' });
    }
    for (const { Properties } of all('AWS::S3::Bucket')) {
      expect(Properties.BucketEncryption.ServerSideEncryptionConfiguration, Properties.BucketName).toHaveLength(1);
    }
  });

  it('is read and written over TLS only, and by nobody from outside', () => {
    const guarded = all('AWS::S3::BucketPolicy').filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(
        (one: Statement) => one.Effect === 'Deny' && JSON.stringify(one.Condition).includes('aws:SecureTransport'),
      ),
    );
    expect(guarded).toHaveLength(all('AWS::S3::Bucket').length);
    for (const { Properties } of all('AWS::S3::Bucket')) {
      expect(Object.values(Properties.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    }
  });

  it('is rotated where it is a key', () => {
    for (const { Properties } of all('AWS::KMS::Key')) expect(Properties.EnableKeyRotation).toBe(true);
  });
});

describe('every topic', () => {
  it('is encrypted', () => {
    for (const { Properties } of all('AWS::SNS::Topic'))
      expect(Properties.KmsMasterKeyId, Properties.TopicName).toBeDefined();
  });

  it('is published to over TLS only', () => {
    const guarded = all('AWS::SNS::TopicPolicy').filter(({ Properties }) =>
      Properties.PolicyDocument.Statement.some(
        (one: Statement) => one.Effect === 'Deny' && JSON.stringify(one.Condition).includes('aws:SecureTransport'),
      ),
    );
    expect(guarded).toHaveLength(all('AWS::SNS::Topic').length);
  });

  it('takes the word of an AWS service only for our own account', () => {
    const statements = all('AWS::SNS::TopicPolicy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
    );
    const services = statements.filter(({ Principal }) => JSON.stringify(Principal).includes('Service'));
    expect(services.length).toBeGreaterThan(0);
    for (const one of services) expect(JSON.stringify(one.Condition)).toContain('aws:SourceAccount');
  });
});

describe('what may be done', () => {
  const statements = platform.tree
    .filter((one): one is CfnResource => one.cfnResourceType === 'AWS::IAM::Policy')
    .flatMap((policy) =>
      all('AWS::IAM::Policy')
        .filter(({ id }) => id === policy.stack.getLogicalId(policy))
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]),
    );

  it('is never a wildcard of actions', () => {
    for (const { Action } of statements) for (const action of listOf(Action)) expect(action).not.toContain('*');
  });

  it('is on a wildcard of resources only where the name is not known before, each with its reason', () => {
    const reasons: [RegExp, string][] = [
      [
        /^arn:aws:logs:[^*]+:log-group:\/aws\/lambda\/cis-[a-z-]+:\*$/,
        'Lambda names the log streams in a function’s own group',
      ],
      [/^arn:aws:s3:::cis-[a-z]+-acme-inbox-\d+\/inbox\/\*$/, 'SES names the mails in the inbox'],
      [/^arn:aws:s3:::cis-[a-z]+-acme-inbox-\d+\/arrived\/\*$/, 'SES names the mails that arrive at Mail Manager'],
      [
        /^arn:aws:s3:::cis-[a-z]+-acme-inbox-\d+\/(uploads|lists|reports)\/\*$/,
        'a list or report is objects named by event and job',
      ],
      [/^arn:aws:dynamodb:[^*]+:table\/cis-[a-z]+-acme\/stream\/\*$/, 'DynamoDB names a stream by its time'],
      [/^arn:aws:lambda:[^*]+:function:cis-[a-z]+-acme-\*$/, 'a release shifts every function of its stage'],
      [/^arn:aws:cloudwatch:[^*]+:alarm:cis-[a-z]+-acme-\*$/, 'a release looks at the alarms of its stage'],
      [/^\*$/, 'SES knows no resource for which rule set is active, X-Ray none for traces'],
    ];
    for (const { Resource, Action, Sid } of statements) {
      for (const resource of listOf(Resource)) {
        const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
        if (!text.includes('*')) continue;
        const [, reason] = reasons.find(([pattern]) => pattern.test(text)) ?? [];
        expect(reason, `${Sid}: ${listOf(Action)} on ${text}`).toBeDefined();
        if (text === '*') expect(['ActiveRuleSet', 'Traces']).toContain(Sid);
      }
    }
  });

  it('is said in statements that have a name, each once a policy', () => {
    for (const { Properties } of all('AWS::IAM::Policy')) {
      const sids = Properties.PolicyDocument.Statement.map((one: Statement) => one.Sid);
      expect(sids).not.toContain(undefined);
      expect(new Set(sids).size).toBe(sids.length);
    }
  });

  it('comes from no managed policy', () => {
    for (const { Properties } of all('AWS::IAM::Role')) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });
});

describe('users', () => {
  it('send their password in clear only to the local cloud', () => {
    for (const stage of stages) {
      const [client] = platform.resources('AWS::Cognito::UserPoolClient', `${stage}-api`);
      const flows: string[] = client?.Properties.ExplicitAuthFlows;
      expect(flows).toContain('ALLOW_USER_SRP_AUTH');
      expect(flows.includes('ALLOW_USER_PASSWORD_AUTH'), stage).toBe(stage === 'cis-local-acme');
    }
  });

  it('are made by an administrator, never by themselves', () => {
    for (const { Properties } of all('AWS::Cognito::UserPool')) {
      expect(Properties.AdminCreateUserConfig.AllowAdminCreateUserOnly).toBe(true);
    }
  });
});

describe('the rule set', () => {
  it('is activated on AWS by a custom resource, and only there', () => {
    const stacks = all('Custom::ReceiptRuleActivation');
    expect(stacks).toHaveLength(STAGES.length - 1);
    expect(platform.stacks.filter((stack) => stack.stackName === 'cis-account')).toHaveLength(STAGES.length);
  });

  it('gets one rule of each tenant: named, scanned, over TLS, kept in S3 with a note to the topic', () => {
    for (const stage of stages) {
      const [rule] = platform.resources('AWS::SES::ReceiptRule', `${stage}-mail`);
      expect(rule?.Properties.RuleSetName).toBe('cis');
      expect(rule?.Properties.Rule).toMatchObject({
        Name: stage,
        Enabled: true,
        ScanEnabled: true,
        TlsPolicy: 'Require',
      });
      expect(rule?.Properties.Rule.Actions).toEqual([
        { S3Action: expect.objectContaining({ ObjectKeyPrefix: 'inbox/', TopicArn: expect.anything() }) },
      ]);
    }
  });

  it('gets the rule only after SES may publish to the topic', () => {
    const template = platform.template('cis-dev-acme-mail') as {
      Resources: Record<string, { Type: string; DependsOn?: string[] }>;
    };
    const [policy] = platform.resources('AWS::SNS::TopicPolicy', 'cis-dev-acme-mail');
    const rule = Object.values(template.Resources).find(({ Type }) => Type === 'AWS::SES::ReceiptRule');
    expect(rule?.DependsOn).toContain(policy?.id);
  });
});

describe('what becomes of mail that goes out', () => {
  const destinationOf = (of: Platform, stage: string): Resource => {
    const [destination] = of.resources('AWS::SES::ConfigurationSetEventDestination', `${stage}-mail`);
    if (!destination) throw new Error(`${stage} has no event destination`);
    return destination;
  };
  const FAILURES = ['bounce', 'complaint', 'deliveryDelay', 'reject'];
  const eventsOf = (one: Resource): string[] => [...one.Properties.EventDestination.MatchingEventTypes].sort();

  it('is told where it goes wrong, to the topic of delivery events', () => {
    for (const stage of stages) {
      const destination = destinationOf(platform, stage);
      expect(eventsOf(destination)).toEqual(FAILURES);
      expect(destination.Properties.EventDestination.Enabled).toBe(true);
      const topic = destination.Properties.EventDestination.SnsDestination.TopicARN.Ref;
      const found = platform.resources('AWS::SNS::Topic', `${stage}-mail`).find(({ id }) => id === topic);
      expect(found?.Properties.TopicName).toBe(`${stage}-delivery-events`);
    }
  });

  it('is told where it goes well, too, for a tenant that asks', () => {
    const asking = new Platform(['dev'], [{ ...acme, deliveryEvents: 'all' }]);
    expect(eventsOf(destinationOf(asking, 'cis-dev-acme'))).toEqual([...FAILURES, 'delivery', 'send'].sort());
  });

  it('is told by SES for this configuration set only, and after it may', () => {
    const template = platform.template('cis-dev-acme-mail') as {
      Resources: Record<string, { Type: string; DependsOn?: string[]; Properties: { PolicyDocument?: unknown } }>;
    };
    const policies = Object.entries(template.Resources).filter(([, one]) =>
      JSON.stringify(one.Properties.PolicyDocument ?? {}).includes(':configuration-set/cis-dev-acme"'),
    );
    expect(policies).toHaveLength(1);
    const destination = Object.values(template.Resources).find(
      ({ Type }) => Type === 'AWS::SES::ConfigurationSetEventDestination',
    );
    expect(destination?.DependsOn).toContain(policies[0]?.[0]);
  });

  it('rings well before SES would review the account', () => {
    for (const [metric, above] of [
      ['Reputation.BounceRate', 0.02],
      ['Reputation.ComplaintRate', 0.0005],
    ]) {
      const alarms = all('AWS::CloudWatch::Alarm').filter(({ Properties }) => Properties.MetricName === metric);
      expect(alarms).toHaveLength(stages.length);
      for (const { Properties } of alarms) {
        expect(Properties.Threshold).toBe(above);
        expect(Properties.Dimensions[0].Name).toBe('ses:configuration-set');
      }
    }
  });
});
