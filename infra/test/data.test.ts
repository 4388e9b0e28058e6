import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

const platform = new Platform(['local', 'prod']);

describe('the data of a tenant', () => {
  it('keeps its logical ids for ever: a new one would make CloudFormation forget the data', () => {
    const holding = ['AWS::DynamoDB::GlobalTable', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key'];
    const ids = holding.flatMap((type) => platform.resources(type, 'cis-prod-acme-data').map(({ id }) => id));
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
    for (const type of [
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::SecretsManager::Secret',
      'AWS::KMS::Key',
    ]) {
      for (const resource of platform.resources(type, 'cis-prod-acme-data')) {
        expect([resource.DeletionPolicy, resource.UpdateReplacePolicy], resource.id).toEqual(['Retain', 'Retain']);
      }
    }
    const [pool] = platform.resources('AWS::Cognito::UserPool', 'cis-prod-acme-api');
    expect([pool?.DeletionPolicy, pool?.Properties.DeletionProtection]).toEqual(['Retain', 'ACTIVE']);
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
