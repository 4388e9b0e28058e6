import { describe, expect, it } from 'vitest';
import { checkTenants } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';

const errorOf = (candidates: unknown[]): string => {
  try {
    checkTenants(candidates);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the configuration was accepted');
};

describe('the configuration of tenants', () => {
  it('accepts the sample tenant', () => {
    expect(checkTenants([acme])).toEqual([acme]);
  });

  it('lists every fault at once, with tenant and place', () => {
    const message = errorOf([
      {
        ...acme,
        name: 'Acme-Inc',
        domain: 'no domain',
        limits: { ...acme.limits, invitesPerEvent: 0 },
        retentionDays: { inbox: 365, logs: 31 },
        brand: { ...acme.brand, site: 'http://www.acme.example' },
      },
    ]);
    expect(message).toBe(
      [
        "The tenants' configuration is not valid:",
        '  tenant Acme-Inc: name: must be 2 to 20 lower case letters and digits, beginning with a letter',
        '  tenant Acme-Inc: domain: must be a domain name in lower case, like acme.invites.example',
        '  tenant Acme-Inc: brand.site: must be an https address',
        '  tenant Acme-Inc: limits.invitesPerEvent: Too small: expected number to be >0',
        '  tenant Acme-Inc: retentionDays.logs: Invalid option: expected one of 1|3|5|7|14|30|60|90|120|150|180|365|400|545|731',
      ].join('\n'),
    );
  });

  it('names a misspelt setting instead of ignoring it', () => {
    expect(errorOf([{ ...acme, updateSubjectPrefx: 'Changed:' }])).toContain(
      'tenant acme: : Unrecognized key: "updateSubjectPrefx"',
    );
  });

  it('names a stage that does not exist and an account that is none', () => {
    const message = errorOf([
      { ...acme, stages: { test: acme.stages.local, prod: { account: '12', region: 'us-east-1' } } },
    ]);
    expect(message).toContain('tenant acme: stages: Unrecognized key: "test"');
    expect(message).toContain('tenant acme: stages.prod.account: must be the twelve digits of an AWS account');
  });

  it('refuses a tenant without a stage', () => {
    expect(errorOf([{ ...acme, stages: {} }])).toContain('tenant acme: stages: must name at least one stage');
  });

  it('tells which of several tenants has no name', () => {
    expect(errorOf([acme, { ...acme, name: undefined }])).toContain('tenant number 2: name: ');
  });

  it('refuses two tenants of one name', () => {
    expect(errorOf([acme, { ...acme, domain: 'other.example', stages: {} as never }])).toContain('stages');
    const prod = { account: '222222222222', region: 'us-east-1' };
    expect(errorOf([acme, { ...acme, domain: 'other.example', stages: { prod } }])).toContain(
      'tenant acme: the name is taken by another tenant',
    );
  });

  it('refuses a mail domain that another tenant has in the same account and region, for SES keeps it once', () => {
    expect(errorOf([acme, { ...acme, name: 'globex' }])).toContain(
      "tenant globex: stages.prod.mailDomain: acme.invites.example is taken by acme's stage prod in that account and region",
    );
  });

  it('lets two stages share a mail domain in different accounts', () => {
    const stages = { local: acme.stages.local, prod: acme.stages.prod };
    expect(checkTenants([{ ...acme, stages }])).toHaveLength(1);
  });
});
