import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

const platform = new Platform(['local', 'prod']);
const tenantStacks = ['data', 'mail', 'api', 'pipeline', 'watch'].map((part) => `cis-prod-acme-${part}`);
const HOLDING = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'];

describe('the data of a tenant', () => {
  it('keeps its logical ids for ever: a new one would make CloudFormation forget the data', () => {
    const ids = HOLDING.flatMap((type) => platform.resources(type, 'cis-prod-acme-data').map(({ id }) => id));
    expect(ids.sort()).toEqual([
      'AccessLogs8B620ECA',
      'InboxA8E05DC3',
      'LettersDC1467AC',
      'ServiceKey5A47A26D',
      'Shop563325D0',
      'TableCD117FA1',
      'TenantKey8692782D',
    ]);
  });

  it('stays when its stack goes, and cannot be deleted by one call', () => {
    const [table] = platform.resources('AWS::DynamoDB::GlobalTable', 'cis-prod-acme-data');
    expect(table?.Properties.Replicas[0].DeletionProtectionEnabled).toBe(true);
    expect(platform.stack('cis-prod-acme-data').terminationProtection).toBe(true);
    const [pool] = platform.resources('AWS::Cognito::UserPool', 'cis-prod-acme-api');
    expect(pool?.Properties.DeletionProtection).toBe('ACTIVE');
    for (const type of [...HOLDING, 'AWS::Cognito::UserPool', 'AWS::Logs::LogGroup']) {
      const kept = tenantStacks.flatMap((stack) => platform.resources(type, stack));
      expect(kept.length, type).toBeGreaterThan(0);
      for (const { id, DeletionPolicy, UpdateReplacePolicy } of kept) {
        expect([DeletionPolicy, UpdateReplacePolicy], id).toEqual(['RetainExceptOnCreate', 'Retain']);
      }
    }
  });

  it('goes with a deployment that fails while it makes it: what was left behind would stop the next try by its name', () => {
    for (const stack of tenantStacks) {
      const { Resources } = platform.template(stack) as { Resources: Record<string, { DeletionPolicy?: string }> };
      for (const [id, { DeletionPolicy }] of Object.entries(Resources)) {
        expect(DeletionPolicy, `${stack} ${id}`).not.toBe('Retain');
      }
    }
  });

  it('goes with its stack on the local cloud, where it would be in the way of the next deployment', () => {
    const [table] = platform.resources('AWS::DynamoDB::GlobalTable', 'cis-local-acme-data');
    expect([table?.DeletionPolicy, table?.Properties.Replicas[0].DeletionProtectionEnabled]).toEqual(['Delete', false]);
  });

  it('can be brought back to any second of the last weeks', () => {
    for (const { Properties } of platform.resources('AWS::DynamoDB::GlobalTable')) {
      expect(Properties.Replicas[0].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    }
  });

  it('is what it was', () => {
    expect(platform.template('cis-prod-acme-data')).toMatchSnapshot();
  });
});
