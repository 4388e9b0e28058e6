import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { checkReleases, releases } from '../config/releases.ts';
import { acme } from '../config/tenants/acme.ts';
import { releaseEnvironments } from '../lib/release-environments.ts';
import { releasing } from '../lib/releasing.ts';
import { context, listOf, type Resource, type Statement } from './platform.ts';

/** Two stages, each in an account of its own. */
const { dev, prod } = acme.stages;
const tenants = [{ ...acme, stages: { dev, prod } }];
const app = new App({ context });
releasing(app, { releases, tenants });

const stacks = app.node.findAll().filter((one) => Stack.isStack(one));
const resources = (type: string, stack?: string): Resource[] =>
  stacks
    .filter((one) => stack === undefined || one.node.id === stack)
    .flatMap((one) =>
      Object.entries(Template.fromStack(one).findResources(type)).map(([id, resource]) => ({
        ...(resource as Omit<Resource, 'id'>),
        id,
      })),
    );
const trustOf = (role: string, stack: string): Statement[] =>
  resources('AWS::IAM::Role', stack).find(({ Properties }) => Properties.RoleName === role)?.Properties
    .AssumeRolePolicyDocument.Statement;
const statements = resources('AWS::IAM::Policy').flatMap(
  ({ Properties }) => Properties.PolicyDocument.Statement as Statement[],
);

const statementsOf = (policy?: Resource): Statement[] => policy?.Properties.PolicyDocument.Statement ?? [];

const DEV = 'release-roles-111111111111-us-east-1';
const PROD = 'release-roles-222222222222-us-east-1';

describe('who may release', () => {
  it('is a job of our repository, by its numbers, in the environment of the stage', () => {
    const [github] = trustOf('cis-prod-deploy-us-east-1', PROD);
    expect(github).toMatchObject({
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: 'arn:aws:iam::222222222222:oidc-provider/token.actions.githubusercontent.com' },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub':
            'repo:acme@1000001/calendar-invite-server@2000002:environment:prod',
        },
      },
    });
  });

  it('is besides only the role of the pipeline that releases the same stage', () => {
    const [, pipeline, ...more] = trustOf('cis-prod-deploy-us-east-1', PROD);
    expect(more).toEqual([]);
    expect(pipeline?.Condition).toEqual({
      ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::444444444444:role/cis-release-prod' },
    });
  });

  it('is nobody else where there is no pipeline', () => {
    const without = new App({ context });
    releasing(without, { releases: { ...releases, pipeline: null }, tenants });
    expect(without.node.tryFindChild('release-pipeline')).toBeUndefined();
    const roles = Template.fromStack(without.node.findChild(PROD) as Stack).findResources('AWS::IAM::Role');
    for (const role of Object.values(roles)) {
      expect(role.Properties.AssumeRolePolicyDocument.Statement).toHaveLength(1);
    }
  });

  it('stays as long as the workflows ask for, which is longer than the job', () => {
    const workflow = readFileSync(new URL('../../.github/workflows/deploy.yml', import.meta.url), 'utf8');
    const asked = Number(workflow.match(/role-duration-seconds: (\d+)/)?.[1]);
    expect(asked).toBeGreaterThan(60 * Number(workflow.match(/timeout-minutes: (\d+)/)?.[1]));
    const [role] = resources('AWS::IAM::Role', PROD).filter(({ id }) => id.startsWith('Deployprod'));
    expect(role?.Properties.MaxSessionDuration).toBe(asked);
  });

  it('gets nothing but the roles of `cdk bootstrap`, the bundle of his stage, and a conversation with its tenants', () => {
    const policy = resources('AWS::IAM::Policy', DEV).find(({ id }) => id.startsWith('Deploydev'));
    const given = Object.fromEntries(statementsOf(policy).map(({ Sid, Action }) => [Sid, listOf(Action)]));
    expect(given).toEqual({
      Deploy: ['sts:AssumeRole'],
      Bundle: ['s3:GetObject', 's3:PutObject'],
      WhetherThereIsOne: ['s3:ListBucket'],
      Mail: ['ses:SendRawEmail'],
      Notices: ['dynamodb:GetItem'],
    });
  });

  it('may, to look at a stage or to compare with it, change nothing', () => {
    for (const { id, Properties } of resources('AWS::IAM::Policy').filter((one) => /^(Drift|Diff)/.test(one.id))) {
      for (const { Action, Resource } of Properties.PolicyDocument.Statement as Statement[]) {
        for (const action of listOf(Action))
          expect(['sts:AssumeRole', 's3:GetObject', 's3:ListBucket'], id).toContain(action);
        if (listOf(Action).includes('sts:AssumeRole')) expect(JSON.stringify(Resource), id).toContain('-lookup-role-');
      }
    }
  });

  it('makes one provider an account, but where there is one already', () => {
    expect(resources('AWS::IAM::OIDCProvider')).toHaveLength(2);
    const reusing = new App({ context });
    releasing(reusing, { releases: { ...releases, accountsWithProvider: ['222222222222'] }, tenants });
    const made = (stack: string) =>
      Object.keys(Template.fromStack(reusing.node.findChild(stack) as Stack).findResources('AWS::IAM::OIDCProvider'));
    expect(made(DEV)).toHaveLength(1);
    expect(made(PROD)).toEqual([]);
  });

  it('has, where a stage spans several places, an environment of GitHub for each', () => {
    const second = { ...acme, name: 'umbrella', stages: { prod: { ...prod, region: 'eu-central-1' } } };
    const spanning = [...tenants, second];
    expect(releaseEnvironments(spanning).map(({ environment }) => environment)).toEqual([
      'dev',
      'prod-222222222222-us-east-1',
      'prod-222222222222-eu-central-1',
    ]);
    const there = new App({ context });
    releasing(there, { releases, tenants: spanning });
    const stack = Template.fromStack(there.node.findChild('release-roles-222222222222-eu-central-1') as Stack);
    const roles = Object.values(stack.findResources('AWS::IAM::Role'));
    const subjects = roles.map(({ Properties }) => JSON.stringify(Properties.AssumeRolePolicyDocument.Statement[0]));
    expect(subjects).toEqual([
      expect.stringContaining(':environment:prod-222222222222-eu-central-1"'),
      expect.stringContaining(':environment:drift-prod-222222222222-eu-central-1"'),
    ]);
    expect(JSON.stringify(stack.findResources('AWS::IAM::Policy'))).not.toContain('cis-prod-acme');
  });
});

describe('the pipeline', () => {
  const [pipeline] = resources('AWS::CodePipeline::Pipeline');

  it('starts by a tag, and by nothing else', () => {
    expect(pipeline?.Properties.Triggers).toEqual([
      {
        ProviderType: 'CodeStarSourceConnection',
        GitConfiguration: { SourceActionName: 'Source', Push: [{ Tags: { Includes: ['v*.*.*'] } }] },
      },
    ]);
    expect(pipeline?.Properties.Stages[0].Actions[0].Configuration.DetectChanges).toBe('false');
  });

  it('builds once, and hands the same bundle from stage to stage', () => {
    const stages = pipeline?.Properties.Stages as { Name: string; Actions: Record<string, unknown>[] }[];
    expect(stages.map(({ Name }) => Name)).toEqual(['source', 'build', 'dev', 'prod']);
    for (const { Name, Actions } of stages.slice(2)) {
      expect(Actions.at(-1)?.InputArtifacts, Name).toEqual([{ Name: 'Source' }, { Name: 'Bundle' }]);
    }
  });

  it('waits for a person before the stages that ask for one', () => {
    const categories = (stage: string) =>
      pipeline?.Properties.Stages.find((one: { Name: string }) => one.Name === stage).Actions.map(
        (action: { ActionTypeId: { Category: string } }) => action.ActionTypeId.Category,
      );
    expect(categories('dev')).toEqual(['Build']);
    expect(categories('prod')).toEqual(['Approval', 'Build']);
  });

  it('builds for arm64 on arm64, encrypted, not privileged, and ends by itself', () => {
    const projects = resources('AWS::CodeBuild::Project');
    expect(projects).toHaveLength(3);
    for (const { Properties } of projects) {
      expect(Properties.Environment).toMatchObject({ Type: 'ARM_CONTAINER', PrivilegedMode: false });
      expect(Properties.EncryptionKey).toBeDefined();
      expect(Properties.TimeoutInMinutes).toBeLessThanOrEqual(350);
      expect(Properties.LogsConfig.CloudWatchLogs.Status).toBe('ENABLED');
    }
  });

  it('names the Node and Python it needs, and takes no Rust but the one it knows the digest of', () => {
    const specs = resources('AWS::CodeBuild::Project').map(({ Properties }) => JSON.parse(Properties.Source.BuildSpec));
    for (const { phases } of specs)
      expect(phases.install['runtime-versions']).toEqual({ nodejs: '22', python: '3.12' });
    const scripts = specs.map(({ phases }) => phases.build.commands.join('\n') as string);
    const [build, ...deploys] = scripts.sort((a, b) => Number(b.includes('rustup')) - Number(a.includes('rustup')));
    expect(build).toMatch(/[0-9a-f]{64} {2}\/tmp\/rustup-init" \| sha256sum --check --strict/);
    for (const script of deploys) expect(script).not.toMatch(/rustup|cargo/);
  });

  it('builds only what is on main, and twice', () => {
    const [build] = resources('AWS::CodeBuild::Project').filter(({ id }) => id.startsWith('Projectbuild'));
    const script: string = JSON.parse(build?.Properties.Source.BuildSpec).phases.build.commands[0];
    expect(script).toContain('git merge-base --is-ancestor HEAD origin/main');
    expect(script.match(/scripts\/release"? bundle/g)).toHaveLength(2);
    expect(script).toContain('cmp target/bundle/*.tar.gz "$HOME"/again/*.tar.gz');
  });

  it('lets each stage’s project become that stage’s deploy role and no other', () => {
    for (const [stage, account] of [
      ['dev', '111111111111'],
      ['prod', '222222222222'],
    ]) {
      const [policy] = resources('AWS::IAM::Policy').filter(({ id }) => id.startsWith(`Rightsdeploy${stage}`));
      const assumed = statementsOf(policy).filter(({ Action }) => Action === 'sts:AssumeRole');
      expect(assumed.map(({ Resource }) => Resource)).toEqual([
        `arn:aws:iam::${account}:role/cis-${stage}-deploy-us-east-1`,
      ]);
    }
  });
});

describe('what releases leave behind', () => {
  it('is encrypted, over TLS only, and stays', () => {
    const buckets = resources('AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThan(0);
    for (const { id, Properties } of buckets) {
      expect(Properties.BucketEncryption, id).toBeDefined();
      expect(Properties.PublicAccessBlockConfiguration.BlockPublicPolicy, id).toBe(true);
      expect(Properties.LifecycleConfiguration, id).toBeDefined();
    }
    for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Logs::LogGroup']) {
      for (const { id, DeletionPolicy, UpdateReplacePolicy } of resources(type)) {
        expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['RetainExceptOnCreate', 'Retain']);
      }
    }
    for (const { Properties } of resources('AWS::SNS::Topic')) expect(Properties.KmsMasterKeyId).toBeDefined();
  });

  it('is logged for a year', () => {
    const groups = resources('AWS::Logs::LogGroup');
    expect(groups).toHaveLength(3);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(365);
  });

  it('names what may be done: no action is a wildcard, and resources only where AWS names them', () => {
    for (const { Sid, Action, Resource } of statements) {
      for (const action of listOf(Action)) expect(action, Sid).not.toContain('*');
      const wild = listOf(Resource)
        .map((one) => JSON.stringify(one))
        .filter((one) => one.includes('*'));
      for (const one of wild)
        expect(one).toMatch(/^"arn:aws:(logs:[^*]+:log-stream:[^*]+|s3:::cis-release-artifacts-[^*]+)\/\*"$/);
    }
  });

  it('comes from no managed policy', () => {
    for (const { Properties } of resources('AWS::IAM::Role')) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('cannot be deleted by one call', () => {
    for (const stack of stacks) expect(stack.terminationProtection, stack.stackName).toBe(true);
  });
});

describe('the configuration of releases', () => {
  it('names every fault with its place', () => {
    expect(() => checkReleases({ ...releases, repository: { ...releases.repository, id: '2000002' } })).toThrow(
      'repository.id: Invalid input: expected number, received string',
    );
    expect(() => checkReleases({ ...releases, pipeline: { ...releases.pipeline, connectionArn: 'x' } })).toThrow(
      'pipeline.connectionArn: must be the ARN of a connection to GitHub',
    );
  });
});
