import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkTenants } from '../config/check.ts';
import { tenantJsonSchema } from '../config/json-schema.ts';
import { TENANT } from '../config/schema.ts';
import published from '../config/tenant.schema.json' with { type: 'json' };
import { readTenantFiles } from '../config/tenant-files.ts';
import { acme } from '../config/tenants/acme.ts';
import { tenants } from '../config/tenants.ts';

const inFiles = (candidates: unknown[]) =>
  candidates.map((tenant, index) => ({ file: `tenants/${index === 0 ? 'acme' : 'globex'}.ts`, tenant }));

const errorOf = (...candidates: unknown[]): string => {
  try {
    checkTenants(inFiles(candidates));
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
};

const folderOf = (files: Record<string, string>): URL => {
  const folder = mkdtempSync(join(tmpdir(), 'tenants-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return pathToFileURL(`${folder}/`);
};

/** One wrong setting each, and what is said of it. */
const WRONG: [unknown, string][] = [
  [
    { ...acme, name: 'Acme-Inc' },
    'name: must be 2 to 20 lower case letters and digits, beginning with a letter, not "Acme-Inc"',
  ],
  [
    { ...acme, domain: 'no domain' },
    'domain: must be a domain name in lower case, like acme.invites.example, not "no domain"',
  ],
  [{ ...acme, domain: undefined }, 'domain: is missing; it must be text'],
  [
    { ...acme, brand: { ...acme.brand, site: 'http://www.acme.example' } },
    'brand.site: must be an https address, not "http://www.acme.example"',
  ],
  [{ ...acme, brand: { ...acme.brand, name: '' } }, 'brand.name: must be text of 1 to 60 characters, not ""'],
  [
    { ...acme, limits: { ...acme.limits, invitesPerEvent: 0 } },
    'limits.invitesPerEvent: must be a whole number, above 0 and at most 500000, not 0',
  ],
  [
    { ...acme, limits: { ...acme.limits, eventsPerOrganizer: 'many' } },
    'limits.eventsPerOrganizer: must be a whole number, above 0 or null, not "many"',
  ],
  [
    { ...acme, retentionDays: { inbox: 365, logs: 31 } },
    'retentionDays.logs: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, not 31',
  ],
  [
    { ...acme, retentionDays: { inbox: 6, logs: 90 } },
    'retentionDays.inbox: must be a whole number, at least 7 and at most 3650, not 6',
  ],
  [{ ...acme, alarms: { emails: ['nobody'] } }, 'alarms.emails.0: must be an email address, not "nobody"'],
  [{ ...acme, deliveryEvents: 'some' }, 'deliveryEvents: must be one of "failures", "all", not "some"'],
  [
    { ...acme, hold: undefined, retentionDays: undefined },
    'retentionDays: is missing; it must be an object with inbox, logs',
  ],
  [{ ...acme, stages: {} }, 'stages: must name at least one stage'],
  [
    { ...acme, stages: { prod: { account: '12', region: 'us-east-1' } } },
    'stages.prod.account: must be the twelve digits of an AWS account, not "12"',
  ],
  [
    { ...acme, stages: { ...acme.stages, test: acme.stages.dev } },
    'stages.test: there is no such setting; there are local, dev, staging, prod',
  ],
  [
    { ...acme, updateSubjectPrefx: 'Changed:' },
    'updateSubjectPrefx: there is no such setting; did you mean updateSubjectPrefix?',
  ],
];

describe('the configuration of tenants', () => {
  it('accepts the tenants there are', () => {
    expect(tenants.map(({ name }) => name)).toContain('acme');
  });

  it.each(WRONG)('says file, field and what is allowed (%#)', (tenant, fault) => {
    expect(errorOf(tenant)).toBe(`The tenants' configuration is not valid:\n  tenants/acme.ts: ${fault}`);
  });

  it('lists every fault of every file at once', () => {
    const lines = errorOf({ ...acme, domain: 'no domain', deliveryEvents: 'some' }, { ...acme, name: 1 }).split('\n');
    expect(lines.slice(1).map((line) => line.trim().split(': ').slice(0, 2))).toEqual([
      ['tenants/acme.ts', 'domain'],
      ['tenants/acme.ts', 'deliveryEvents'],
      ['tenants/globex.ts', 'name'],
    ]);
  });

  it('refuses a tenant whose file is called otherwise', () => {
    expect(errorOf(acme, { ...acme, domain: 'other.example', name: 'initech' })).toContain(
      'tenants/globex.ts: name: must be globex, as the file is called',
    );
  });

  it('refuses a mail domain that another tenant has in the same account and region, for SES keeps it once', () => {
    expect(errorOf(acme, { ...acme, name: 'globex' })).toContain(
      "tenants/globex.ts: stages.prod.mailDomain: acme.invites.example is taken by acme's stage prod in that account and region",
    );
  });

  it.each(['awsome', 'amazonia', 'xcognito'])('refuses clients of the pool of a tenant called %s', (name) => {
    const tenant = { ...acme, name };
    const file = `tenants/${name}.ts`;
    const [word] = name.match(/aws|amazon|cognito/) ?? [];
    expect(() => checkTenants([{ file, tenant }])).toThrow(
      `${file}: api.clients: must be empty for a tenant whose name contains "${word}", which Cognito allows in no domain of tokens`,
    );
    expect(checkTenants([{ file, tenant: { ...tenant, api: { ...acme.api, clients: [] } } }])).toHaveLength(1);
  });

  it('lets two stages share a mail domain in different accounts', () => {
    const stages = { local: acme.stages.local, prod: acme.stages.prod };
    expect(checkTenants(inFiles([{ ...acme, stages }]))).toHaveLength(1);
  });
});

describe('the files of tenants', () => {
  it('are TypeScript or JSON, and say the same', async () => {
    const json = JSON.stringify({ $schema: '../tenant.schema.json', ...acme });
    const folder = folderOf({ 'acme.json': json, 'notes.md': 'no tenant' });
    const [file] = await readTenantFiles(folder);
    expect(file?.tenant).toEqual(acme);
  });

  it('are named where they cannot be read', async () => {
    await expect(readTenantFiles(folderOf({ 'acme.json': '{' }))).rejects.toThrow(/acme\.json: is not JSON/);
    await expect(readTenantFiles(folderOf({ 'acme.ts': 'export const a = 1; export const b = 2;' }))).rejects.toThrow(
      /acme\.ts: exports 2 things/,
    );
  });

  it('may not both be there for one tenant', () => {
    const candidates = ['acme.json', 'acme.ts'].map((file) => ({ file, tenant: acme }));
    expect(() => checkTenants(candidates)).toThrow('acme.ts: name: acme is taken by acme.json');
  });
});

describe('the published JSON Schema', () => {
  it('is what `npm run schema` writes', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(tenantJsonSchema())));
  });

  it('takes and refuses what the server itself takes and refuses', () => {
    const schema = z.fromJSONSchema(published as never);
    expect(schema.safeParse(acme).success).toBe(true);
    for (const [tenant, fault] of WRONG) {
      // JSON has no undefined.
      const read = JSON.parse(JSON.stringify(tenant));
      expect([schema.safeParse(read).success, TENANT.safeParse(read).success], fault).toEqual([false, false]);
    }
  });
});
