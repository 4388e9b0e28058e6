import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkTenants } from '../config/check.ts';
import { readTenantFiles } from '../config/tenant-files.ts';
import { runTenant, UsageError } from '../lib/tenants/command.ts';
import { Platform } from './platform.ts';

let folder: URL;
let printed: string;

beforeEach(() => {
  folder = pathToFileURL(`${mkdtempSync(join(tmpdir(), 'tenants-'))}/`);
  printed = '';
});

const print = (text: string) => {
  printed += text;
};
const run = (...words: string[]) => runTenant(words, { folder, print });

/** A person at a terminal who answers in this order. */
const answering = (answers: string[], ...words: string[]) => {
  const asked: string[] = [];
  const person = {
    ask: async (question: string) => {
      asked.push(question);
      return answers.shift() ?? '';
    },
    tell: print,
  };
  return runTenant(words, { folder, print, person }).then(() => asked);
};

const GLOBEX = [
  ...['--name', 'globex', '--domain', 'globex.invites.example', '--brand', 'Globex\'s "Days"'],
  ...['--site', 'https://www.globex.example', '--stage', 'prod=222222222222/eu-west-1'],
];

describe('scripts/tenant new', () => {
  it('writes a file that is taken, from flags alone', async () => {
    await run('new', ...GLOBEX, '--stage', 'dev=111111111111/eu-west-1/dev.globex.invites.example');
    const [tenant] = checkTenants(await readTenantFiles(folder));
    expect(tenant).toMatchObject({
      name: 'globex',
      brand: { name: 'Globex\'s "Days"', support: 'support@globex.invites.example' },
      alarms: { emails: ['support@globex.invites.example'] },
      stages: {
        dev: { account: '111111111111', region: 'eu-west-1', mailDomain: 'dev.globex.invites.example' },
        prod: { account: '222222222222', region: 'eu-west-1' },
      },
    });
    const text = readFileSync(new URL('globex.ts', folder), 'utf8');
    expect(text).toContain("    prod: { account: '222222222222', region: 'eu-west-1' },\n");
    expect(text).toMatch(/^import type .*;\n\nexport const globex = \{\n.*\} satisfies TenantFile;\n$/s);
  });

  it('shows the DNS records of each stage: MX, DKIM, MAIL FROM, SPF, DMARC', async () => {
    await run('new', ...GLOBEX, '--json');
    const { file, dns } = JSON.parse(printed);
    expect(file).toMatch(/globex\.ts$/);
    expect(dns.prod.map(({ name, type, value }: Record<string, string>) => `${name} ${type} ${value}`)).toEqual([
      'globex.invites.example MX 10 inbound-smtp.eu-west-1.amazonaws.com',
      ...[1, 2, 3].map((key) => `<key ${key}>._domainkey.globex.invites.example CNAME <key ${key}>.dkim.amazonses.com`),
      'bounce.globex.invites.example MX 10 feedback-smtp.eu-west-1.amazonses.com',
      'bounce.globex.invites.example TXT "v=spf1 include:amazonses.com ~all"',
      '_dmarc.globex.invites.example TXT "v=DMARC1; p=reject"',
    ]);
  });

  it('has alarms link to where their guide is read, where that is said', async () => {
    const runbook = 'https://wiki.globex.example/operations';
    await run('new', ...GLOBEX, '--runbook', runbook);
    const [tenant] = checkTenants(await readTenantFiles(folder));
    expect(tenant?.alarms).toEqual({ emails: ['support@globex.invites.example'], runbook });
    const refused = run('new', ...GLOBEX, '--runbook', 'docs/operations.md');
    await expect(refused).rejects.toThrow('--runbook: Where your people read docs/operations.md');
  });

  it('names all that is missing where there is no terminal', async () => {
    const refused = await run('new', '--name', 'x').catch((error) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect(refused.message.split('\n').map((line: string) => line.trim().split(':')[0])).toEqual([
      'No terminal to ask at, and not all is said',
      ...['--name', '--domain', '--brand', '--site', '--support', '--alarms', '--stage'],
    ]);
  });

  it('asks a person for the rest, again where an answer cannot be taken, and offers what is likely', async () => {
    const asked = await answering(
      [
        ...[
          'Globex',
          'globex',
          'globex.invites.example',
          'Globex Events',
          '',
          'https://www.globex.example',
          '',
          'ops@globex.example',
          'http://wiki.globex.example',
          '',
        ],
        ...['111111111111', '', '', '', '222222222222', 'eu-west-1', ''],
      ],
      'new',
    );
    expect(printed).toContain('  Short name, for ever: must be 2 to 20 lower case letters and digits');
    expect(printed).toContain('must be an https address, not "http://wiki.globex.example"');
    expect(asked).toContain('Whom people ask for help [support@globex.invites.example]: ');
    expect(asked.filter((question) => question.startsWith('Mail domain of'))).toEqual([
      'Mail domain of dev [dev.globex.invites.example]: ',
      'Mail domain of prod [globex.invites.example]: ',
    ]);
    const [tenant] = checkTenants(await readTenantFiles(folder));
    expect(tenant?.stages).toEqual({
      dev: { account: '111111111111', region: 'us-east-1', mailDomain: 'dev.globex.invites.example' },
      prod: { account: '222222222222', region: 'eu-west-1' },
    });
  });

  it('writes nothing that collides with another tenant, and never over a file', async () => {
    await run('new', ...GLOBEX);
    await expect(run('new', ...GLOBEX)).rejects.toThrow(/globex\.ts is there already/);
    const other = GLOBEX.map((word) => (word === 'globex' ? 'initech' : word));
    await expect(run('new', ...other)).rejects.toThrow('globex.invites.example is taken by globex');
    expect(await readTenantFiles(folder)).toHaveLength(1);
  });

  it('refuses a stage that does not exist', async () => {
    await expect(run('new', ...GLOBEX, '--stage', 'test=1/us-east-1')).rejects.toThrow('there is no stage "test"');
  });
});

describe('scripts/tenant dns', () => {
  const KEYS = Object.fromEntries(
    [1, 2, 3].map((key) => [
      `DkimRecord${key}`,
      `k${key}._domainkey.globex.invites.example CNAME k${key}.dkim.amazonses.com`,
    ]),
  );

  it('has SES’s own keys from what the deployment wrote', async () => {
    await run('new', ...GLOBEX);
    const outputs = join(mkdtempSync(join(tmpdir(), 'outputs-')), 'outputs.json');
    writeFileSync(outputs, JSON.stringify({ 'cis-prod-globex-mail': KEYS }));
    printed = '';
    await run('dns', 'globex', '--outputs', outputs);
    expect(printed).toContain('k2._domainkey.globex.invites.example CNAME k2.dkim.amazonses.com');
    expect(printed).not.toContain('<key');
  });

  it('says what the mail stack says', () => {
    const platform = new Platform(['prod']);
    const { Outputs } = platform.template('cis-prod-acme-mail') as { Outputs: Record<string, { Value: unknown }> };
    const said = Object.values(Outputs).map(({ Value }) => Value);
    for (const line of [
      'acme.invites.example MX 10 inbound-smtp.us-east-1.amazonaws.com',
      'bounce.acme.invites.example MX 10 feedback-smtp.us-east-1.amazonses.com',
      '_dmarc.acme.invites.example TXT "v=DMARC1; p=reject"',
    ]) {
      expect(said).toContain(line);
    }
  });

  it('names the tenants and stages there are', async () => {
    await run('new', ...GLOBEX);
    await expect(run('dns', 'acme')).rejects.toThrow('dns needs a tenant: globex');
    await expect(run('dns', 'globex', '--stage', 'dev')).rejects.toThrow('globex has no stage dev; it has prod');
  });
});

describe('scripts/tenant list', () => {
  it('has a line for each tenant and stage', async () => {
    await run('new', ...GLOBEX);
    printed = '';
    await run('list');
    expect(printed).toBe(
      'TENANT  STAGE  MAIL DOMAIN             ACCOUNT       REGION\n' +
        'globex  prod   globex.invites.example  222222222222  eu-west-1\n',
    );
  });

  it('is whole for programs', async () => {
    await run('new', ...GLOBEX);
    printed = '';
    await run('list', '--json');
    expect(JSON.parse(printed)).toEqual(checkTenants(await readTenantFiles(folder)));
  });

  it('explains itself, and what it does not know', async () => {
    await run('--help');
    expect(printed).toContain('--runbook https://wiki.globex.example');
    expect(printed).toMatch(/^usage: scripts\/tenant new/);
    await expect(run('delete')).rejects.toThrow('there is no command delete');
  });
});
