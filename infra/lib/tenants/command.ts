import { existsSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { checkTenants } from '../../config/check.ts';
import { STAGES, type StageName, type Tenant } from '../../config/schema.ts';
import { readTenantFiles } from '../../config/tenant-files.ts';
import { lineOf } from '../dns.ts';
import { askedFor, type Conversation } from './ask.ts';
import { dnsOfStage, isWaiting, readOutputs } from './dns-of-stage.ts';
import { listed } from './listing.ts';
import { type Answers, newTenant, placeIn } from './new-tenant.ts';
import { QUESTIONS, refusal } from './questions.ts';
import { tenantFileText } from './tenant-file.ts';

const CHECKOUT = new URL('../../../', import.meta.url);

export const USAGE = `usage: scripts/tenant new  [answers] [--json]         writes a tenant's file and shows the DNS records to set
       scripts/tenant list [--json]                   every tenant and where its stages live; 1 if a file is not valid
       scripts/tenant dns  TENANT [--stage STAGE] [--outputs FILE] [--json]
                                                      the DNS records; FILE is what cdk deploy --outputs-file wrote

On a terminal, new asks for what is not said:
${QUESTIONS.map(({ flag, asks, example }) => `  --${`${flag} ${example}`.padEnd(38)} ${asks}`).join('\n')}
  --stage STAGE=ACCOUNT/REGION[/DOMAIN]    Where a stage lives (${STAGES.join(', ')}); once for each
`;

/** Something the caller has to say otherwise: exit code 2. */
export class UsageError extends Error {}

/** Where tenants' files are, and who answers; nobody where there is no terminal. */
export interface Surroundings {
  readonly folder: URL;
  readonly person?: Conversation;
  print(text: string): void;
}

export async function runTenant(words: readonly string[], around: Surroundings): Promise<void> {
  const [command, ...rest] = words;
  switch (command) {
    case 'new':
      return makeTenant(rest, around);
    case 'list':
      return listTenants(rest, around);
    case 'dns':
      return showDns(rest, around);
    case '--help':
    case '-h':
      return around.print(USAGE);
  }
  throw new UsageError(command ? `there is no command ${command}\n\n${USAGE}` : USAGE);
}

async function makeTenant(words: readonly string[], around: Surroundings): Promise<void> {
  const flags = QUESTIONS.map(({ flag }) => [flag, { type: 'string' }] as const);
  const { values } = read(words, { ...Object.fromEntries(flags), stage: { type: 'string', multiple: true } });
  if (values.help) return around.print(USAGE);
  const { json, help: _, stage = [], ...said } = values as { stage?: string[] } & Record<string, unknown>;
  const known: Answers = { said: said as Record<string, string>, stages: Object.fromEntries(stage.map(placeOf)) };
  const tenant = newTenant(around.person && !json ? await askedFor(known, around.person) : complete(known));

  const file = new URL(`${tenant.name}.ts`, around.folder);
  const shown = relative(fileURLToPath(CHECKOUT), fileURLToPath(file));
  // Before anything is written: against the others, too.
  checkTenants([...(await readTenantFiles(around.folder)), { file: shown, tenant }]);
  if (existsSync(file)) throw new UsageError(`${shown} is there already; change it by hand`);
  writeFileSync(file, tenantFileText(tenant));

  if (json) return printJson({ file: shown, tenant, dns: recordsByStage(tenant) }, around);
  around.print(`\nWrote ${shown}: look at it, the rest has defaults. Then deploy it (docs/operations.md).\n`);
  for (const name of stagesOf(tenant)) around.print(dnsShown(name, tenant));
}

async function listTenants(words: readonly string[], around: Surroundings): Promise<void> {
  const { values } = read(words, {});
  if (values.help) return around.print(USAGE);
  const tenants = checkTenants(await readTenantFiles(around.folder));
  if (values.json) return printJson(tenants, around);
  around.print(listed(tenants));
}

async function showDns(words: readonly string[], around: Surroundings): Promise<void> {
  const { values, positionals } = read(words, { stage: { type: 'string' }, outputs: { type: 'string' } });
  if (values.help) return around.print(USAGE);
  const tenants = checkTenants(await readTenantFiles(around.folder));
  const tenant = tenants.find(({ name }) => name === positionals[0]);
  if (!tenant) throw new UsageError(`dns needs a tenant: ${tenants.map(({ name }) => name).join(', ')}`);
  const stages = stagesOf(tenant).filter((name) => values.stage === undefined || name === values.stage);
  if (stages.length === 0) {
    throw new UsageError(`${tenant.name} has no stage ${String(values.stage)}; it has ${stagesOf(tenant).join(', ')}`);
  }
  const outputs = typeof values.outputs === 'string' ? readOutputs(values.outputs) : {};
  if (values.json) return printJson(recordsByStage(tenant, stages, outputs), around);
  for (const stage of stages) around.print(dnsShown(stage, tenant, outputs));
}

function read(words: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: { ...options, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    return { values: values as Readonly<Record<string, unknown>>, positionals };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`, { cause: error });
  }
}

function placeOf(text: string): ReturnType<typeof placeIn> {
  try {
    return placeIn(text);
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** Without a terminal: what the flags say, with defaults; everything that is missing is named at once. */
function complete({ said: flags, stages }: Answers): Answers {
  const said: Record<string, string> = { ...flags };
  const missing: string[] = [];
  for (const question of QUESTIONS) {
    const answer = said[question.flag] ?? question.otherwise?.(said) ?? '';
    const why = refusal(question, answer);
    if (why !== undefined) missing.push(`--${question.flag}: ${why}`);
    said[question.flag] = answer;
  }
  if (Object.keys(stages).length === 0) missing.push('--stage: at least one, like dev=111111111111/us-east-1');
  if (missing.length > 0)
    throw new UsageError(`No terminal to ask at, and not all is said:\n  ${missing.join('\n  ')}`);
  return { said, stages };
}

function stagesOf(tenant: Tenant): StageName[] {
  return STAGES.filter((stage) => tenant.stages[stage]);
}

function recordsByStage(tenant: Tenant, stages = stagesOf(tenant), outputs = {}) {
  return Object.fromEntries(
    stages.flatMap((stage) => {
      const place = tenant.stages[stage];
      return place ? [[stage, dnsOfStage(stage, tenant, place, outputs)]] : [];
    }),
  );
}

function dnsShown(stage: StageName, tenant: Tenant, outputs = {}): string {
  const records = recordsByStage(tenant, [stage], outputs)[stage] ?? [];
  const lines = records.map((record) => `  ${lineOf(record)}\n      ${record.purpose}\n`);
  const waiting = records.some(isWaiting)
    ? `  SES makes up the keys when cis-${stage}-${tenant.name}-mail is deployed:\n` +
      `  npx cdk deploy … --outputs-file outputs.json, then scripts/tenant dns ${tenant.name} --outputs outputs.json\n`
    : '';
  return `\nDNS of ${tenant.name}, ${stage}:\n${lines.join('')}${waiting}`;
}

function printJson(value: unknown, around: Surroundings): void {
  around.print(`${JSON.stringify(value, null, 2)}\n`);
}
