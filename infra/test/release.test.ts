import { describe, expect, it } from 'vitest';
import { acme } from '../config/tenants/acme.ts';
import { chosenRelease } from '../lib/calendar-invite-server.ts';
import { functions, Platform, type Resource } from './platform.ts';

const platform = new Platform(['local', 'prod']);
const atOnce = new Platform(['prod'], [acme], functions, 'at-once');
const PREFIX = 'cis-prod-acme-';

const groups = platform.resources('AWS::CodeDeploy::DeploymentGroup');
const aliases = platform.resources('AWS::Lambda::Alias');
const groupOf = (name: string): Resource => {
  const found = groups.find(({ Properties }) => Properties.DeploymentGroupName === PREFIX + name);
  if (!found) throw new Error(`${name} is not released gradually`);
  return found;
};

describe('new code on AWS', () => {
  it.each(functions.all)('of $name takes over a tenth a minute, and goes back when its own alarms ring', (spec) => {
    const { Properties } = groupOf(spec.name);
    expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaLinear10PercentEvery1Minute');
    expect(Properties.AutoRollbackConfiguration).toEqual({
      Enabled: true,
      Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
    });
    const kind = Object.keys(spec.trigger)[0] as string;
    const age = { queue: ['dead-letters', 'message-age'], stream: ['dead-letters', 'iterator-age'] }[kind];
    const own = ['errors', 'failures', ...(age ?? [])].map((what) => `${spec.name}-${what}`);
    const rings = age ? own : [...own, 'api-errors'];
    const names = Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: string }) => Name);
    expect(Properties.AlarmConfiguration.Enabled).toBe(true);
    expect(names.sort()).toEqual(rings.map((what) => PREFIX + what).sort());
  });

  it('looks at alarms that are there', () => {
    const known = platform.resources('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    const asked = groups.flatMap(({ Properties }) =>
      Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: string }) => Name),
    );
    expect(known).toEqual(expect.arrayContaining(asked));
  });

  it('is a version behind an alias, which CodeDeploy moves', () => {
    expect(aliases).toHaveLength(functions.all.length);
    for (const { Properties, UpdatePolicy } of aliases) {
      expect(Properties.Name).toBe('live');
      const { DeploymentGroupName } = UpdatePolicy?.CodeDeployLambdaAliasUpdate ?? {};
      expect(groups.map(({ id }) => id)).toContain(DeploymentGroupName.Ref);
    }
  });

  it('is what queues, streams, routes and the authorizer call', () => {
    const called = [
      ...platform.resources('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties.FunctionName),
      ...platform.resources('AWS::ApiGatewayV2::Integration').map(({ Properties }) => Properties.IntegrationUri),
      ...platform.resources('AWS::ApiGatewayV2::Authorizer').map(({ Properties }) => Properties.AuthorizerUri),
    ].filter((named) => aliases.some(({ id }) => JSON.stringify(named).includes(`"Ref":"${id}"`)));
    expect(called).toHaveLength(functions.all.length);
  });

  it('is shifted by a role that may do this to the functions of its stage and nothing else', () => {
    const policies = platform
      .resources('AWS::IAM::Policy')
      .filter(({ id }) => id.startsWith('Release'))
      .map(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(policies).toHaveLength(2);
    for (const statements of policies) {
      expect(statements.map(({ Resource }: { Resource: string }) => Resource)).toEqual([
        'arn:aws:lambda:us-east-1:222222222222:function:cis-prod-acme-*',
        'arn:aws:cloudwatch:us-east-1:222222222222:alarm:cis-prod-acme-*',
      ]);
    }
  });

  it('takes over at once, whatever rings, where that is asked for', () => {
    for (const { Properties } of atOnce.resources('AWS::CodeDeploy::DeploymentGroup')) {
      expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaAllAtOnce');
      expect(Properties.AlarmConfiguration?.Enabled ?? false).toBe(false);
    }
    expect(chosenRelease('at-once')).toBe('at-once');
    expect(() => chosenRelease('slowly')).toThrow('there is no such way; there are gradual, at-once');
  });
});

describe('new code on the local cloud, which has no CodeDeploy', () => {
  it('goes straight to the functions', () => {
    for (const type of ['AWS::CodeDeploy::DeploymentGroup', 'AWS::Lambda::Alias', 'AWS::Lambda::Version']) {
      for (const part of ['api', 'pipeline']) expect(platform.resources(type, `cis-local-acme-${part}`)).toEqual([]);
    }
  });
});
