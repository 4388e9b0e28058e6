import { basename, extname } from 'node:path';
import { faultsIn } from './faults.ts';
import { mailDomainOf, STAGES, TENANT, type Tenant } from './schema.ts';

/** A tenant as its file has it, before anybody has looked. */
export interface Candidate {
  /** As people find it, from the repository's root. */
  readonly file: string;
  readonly tenant: unknown;
}

/** Checks the tenants one by one and against each other; the error lists every fault, each with file, field and what is allowed. */
export function checkTenants(candidates: readonly Candidate[]): Tenant[] {
  const faults: string[] = [];
  const tenants = new Map<string, Tenant>();
  for (const { file, tenant } of candidates) {
    const result = TENANT.safeParse(tenant);
    if (!result.success) {
      faults.push(...faultsIn(result.error, tenant).map((fault) => `${file}: ${fault}`));
      continue;
    }
    const named = basename(file, extname(file));
    if (result.data.name !== named) faults.push(`${file}: name: must be ${named}, as the file is called`);
    if (result.data.stages.local?.ingress === 'mail-manager') {
      faults.push(`${file}: stages.local.ingress: must be receipt-rules: the local cloud has no Mail Manager`);
    }
    faults.push(...withoutTokenDomain(result.data).map((fault) => `${file}: ${fault}`));
    tenants.set(file, result.data);
  }
  faults.push(...sharedNames(tenants), ...sharedMailDomains(tenants));
  if (faults.length > 0) throw new Error(`The tenants' configuration is not valid:\n  ${faults.join('\n  ')}`);
  return [...tenants.values()];
}

/** Programs get tokens at a domain of Cognito's that the tenant's name is part of. */
const NOT_IN_COGNITO_DOMAINS = ['aws', 'amazon', 'cognito'];

function withoutTokenDomain({ name, api }: Tenant): string[] {
  if (api.clients.length === 0) return [];
  return NOT_IN_COGNITO_DOMAINS.filter((word) => name.includes(word)).map(
    (word) =>
      `api.clients: must be empty for a tenant whose name contains "${word}", which Cognito allows in no domain of tokens; ` +
      'programs may come with keys, or by api.issuers',
  );
}

/** `acme.ts` and `acme.json`. */
function sharedNames(tenants: ReadonlyMap<string, Tenant>): string[] {
  const claimed = new Map<string, string>();
  return [...tenants].flatMap(([file, { name }]) => {
    const holder = claimed.get(name);
    claimed.set(name, holder ?? file);
    return holder ? [`${file}: name: ${name} is taken by ${holder}`] : [];
  });
}

/** SES keeps one identity a domain, account and region: a second claim would take the first one's mail. */
function sharedMailDomains(tenants: ReadonlyMap<string, Tenant>): string[] {
  const claimed = new Map<string, string>();
  const faults: string[] = [];
  for (const [file, tenant] of tenants) {
    for (const stage of STAGES) {
      const place = tenant.stages[stage];
      if (!place) continue;
      const domain = mailDomainOf(tenant, place);
      const claim = `${place.account} ${place.region} ${domain}`;
      const holder = claimed.get(claim);
      if (holder) {
        faults.push(`${file}: stages.${stage}.mailDomain: ${domain} is taken by ${holder} in that account and region`);
      } else claimed.set(claim, `${tenant.name}'s stage ${stage}`);
    }
  }
  return faults;
}
