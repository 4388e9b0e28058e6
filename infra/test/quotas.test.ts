import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

const platform = new Platform(['prod']);

/** AWS's defaults for an account and region; of IAM's roles, for an account. */
const QUOTAS: readonly [string, string, number][] = [
  ['receipt rules in the set (fixed)', 'AWS::SES::ReceiptRule', 200],
  ['IAM roles', 'AWS::IAM::Role', 1000],
  ['CloudWatch alarms', 'AWS::CloudWatch::Alarm', 5000],
  ['HTTP APIs', 'AWS::ApiGatewayV2::Api', 600],
  ['user pools', 'AWS::Cognito::UserPool', 1000],
  ['CloudFormation stacks', '', 2000],
];

const TENANT_STACKS = platform.stacks.filter(({ stackName }) => stackName.startsWith('cis-prod-acme-'));

const counted = (type: string): number =>
  type === ''
    ? TENANT_STACKS.length
    : TENANT_STACKS.reduce((sum, { stackName }) => sum + platform.resources(type, stackName).length, 0);

const GUIDE = new URL('../../docs/tenants.md', import.meta.url);
const HEAD = "| | one tenant | AWS's default | tenants |\n|---|---|---|---|\n";
const TABLE = new RegExp(`${HEAD.replace(/[|]/g, '\\$&')}(?<rows>(\\|.*\\n)*)`);

describe('the guide for tenants', () => {
  it('says how many fit into one account and region', () => {
    const rows = QUOTAS.map(([title, type, quota]) => {
      const taken = counted(type);
      return `| ${title} | ${taken} | ${quota.toLocaleString('en')} | ${Math.floor(quota / taken)} |\n`;
    }).join('');
    const guide = readFileSync(GUIDE, 'utf8');
    if (process.env.UPDATE_GOLDEN)
      writeFileSync(
        GUIDE,
        guide.replace(TABLE, () => HEAD + rows),
      );
    else expect(guide.match(TABLE)?.groups?.rows, 'UPDATE_GOLDEN=1 npx vitest run test/quotas.test.ts').toBe(rows);
  });
});
