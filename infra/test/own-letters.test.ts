import { describe, expect, it } from 'vitest';
import type { Tenant } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';
import { functions, listOf, Platform, type Resource, renamed, type Statement } from './platform.ts';

const own: Tenant = { ...acme, ownLetters: true };
const ours: Tenant = renamed({ ...acme, ownLetters: false }, 'globex');
const platform = new Platform(['prod'], [own, ours]);

const BUCKET = 'cis-prod-acme-letters-222222222222';

const statements = (tenant: string): Statement[] =>
  platform
    .resources('AWS::IAM::Policy', `cis-prod-${tenant}-pipeline`)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);

const onLetters = (tenant: string): Statement[] =>
  statements(tenant).filter(({ Resource }) => JSON.stringify(Resource).includes('-letters-'));

const configurations = (tenant: string): { letters_bucket?: string }[] =>
  platform
    .resources('AWS::Lambda::Function', `cis-prod-${tenant}-pipeline`)
    .flatMap(({ Properties }) => Properties.Environment?.Variables?.TENANT ?? [])
    .map((json) => JSON.parse(json));

const filtersOf = (tenant: string): Resource[] =>
  platform
    .resources('AWS::Logs::MetricFilter', `cis-prod-${tenant}-pipeline`)
    .filter(({ Properties }) => Properties.FilterName.endsWith('-own-letters'));

const writers = functions.all.filter(({ rights }) => rights.some(({ on }) => on === 'letters'));

describe('a tenant with letters of his own', () => {
  it('has functions that write letters read them, and nobody write them', () => {
    expect(writers.map(({ name }) => name).sort()).toEqual([
      'notify-organizer',
      'record-unsubscribe',
      'send-cancellation',
      'send-invite',
      'send-shard',
      'send-update',
    ]);
    const found = onLetters('acme');
    expect(found).toHaveLength(writers.length);
    for (const { Sid, Action, Resource } of found) {
      expect(Sid).toBe('Letters');
      expect(listOf(Action)).toEqual(['s3:GetObject']);
      expect(listOf(Resource)).toEqual([`arn:aws:s3:::${BUCKET}/templates.json`]);
    }
  });

  it('has no function elsewhere that may look into them', () => {
    const api = platform.resources('AWS::IAM::Policy', 'cis-prod-acme-api');
    expect(JSON.stringify(api)).not.toContain('-letters-');
  });

  it('has its functions know where they are', () => {
    for (const { letters_bucket } of configurations('acme')) expect(letters_bucket).toBe(BUCKET);
  });

  it('rings when one of them is not used, whichever function it was', () => {
    const filters = filtersOf('acme');
    const groups = platform.resources('AWS::Logs::LogGroup', 'cis-prod-acme-pipeline');
    // A reference: a filter cannot be made before there is a log.
    const of = ({ Properties }: Resource) => groups.find(({ id }) => id === Properties.LogGroupName.Ref);
    expect(filters.map((filter) => of(filter)?.Properties.LogGroupName).sort()).toEqual(
      writers.map(({ name }) => `/aws/lambda/cis-prod-acme-${name}`).sort(),
    );
    const [alarm] = platform
      .resources('AWS::CloudWatch::Alarm', 'cis-prod-acme-watch')
      .filter(({ Properties }) => Properties.AlarmName === 'cis-prod-acme-own-letters');
    for (const { Properties } of filters) {
      expect(Properties.FilterPattern).toBe('{ $.template = "*" }');
      const [{ MetricNamespace, MetricName }] = Properties.MetricTransformations;
      expect([MetricNamespace, MetricName]).toEqual([alarm?.Properties.Namespace, alarm?.Properties.MetricName]);
    }
  });
});

describe('a tenant without', () => {
  it('has nobody look for any, and no alarm', () => {
    expect(onLetters('globex')).toEqual([]);
    for (const configuration of configurations('globex')) expect(configuration).not.toHaveProperty('letters_bucket');
    expect(filtersOf('globex')).toEqual([]);
    const alarms = platform.resources('AWS::CloudWatch::Alarm', 'cis-prod-globex-watch');
    expect(alarms.filter(({ Properties }) => Properties.AlarmName.endsWith('-own-letters'))).toEqual([]);
  });

  it('differs in that alone', () => {
    const differing = (tenant: string) =>
      statements(tenant)
        .filter(({ Sid }) => Sid !== 'Letters')
        .map(({ Sid, Action }) => [Sid, Action]);
    expect(differing('globex')).toEqual(differing('acme'));
  });
});

it('keeps each version of a tenant’s letters, to go back to, whether they are used or not', () => {
  for (const tenant of ['acme', 'globex']) {
    const [bucket] = platform
      .resources('AWS::S3::Bucket', `cis-prod-${tenant}-data`)
      .filter(({ Properties }) => Properties.BucketName === `cis-prod-${tenant}-letters-222222222222`);
    expect(bucket?.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    const rules = bucket?.Properties.LifecycleConfiguration.Rules as Record<string, unknown>[];
    for (const rule of rules) {
      expect(rule).not.toHaveProperty('ExpirationInDays');
      expect(rule).not.toHaveProperty('NoncurrentVersionExpiration');
    }
  }
});
