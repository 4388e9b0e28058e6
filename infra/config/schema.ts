import { z } from 'zod';

/** The stages, in the order a change travels. */
export const STAGES = ['local', 'dev', 'prod'] as const;
export type StageName = (typeof STAGES)[number];

const DOMAIN = z
  .string()
  .regex(
    /^(?=.{4,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a domain name in lower case, like acme.invites.example',
  );

const EMAIL = z.email('must be an email address');

/** What waits before it reaches many people, and can be stopped by its organizer meanwhile. */
const HOLD = z.strictObject({
  /** More people than these; 0: nothing waits. */
  above: z.int().min(0).max(500_000),
  /** How long. */
  minutes: z.number().positive().max(1440),
});

/** Where a tenant's stage lives. */
const PLACE = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account'),
  region: z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'must be an AWS region, like us-east-1'),
  /** The domain that receives and sends this stage's mail; the tenant's own unless another is named. */
  mailDomain: DOMAIN.optional(),
  /** Mails a second SES has granted this account; the tenant's own number unless another is named. */
  sesSendsPerSecond: z.number().positive().max(10_000).optional(),
  /** What waits on this stage; the tenant's own unless another is named. */
  hold: HOLD.optional(),
});

/** One tenant: everything that differs between two customers, and nothing else. */
export const TENANT = z.strictObject({
  /** Part of every resource name; no hyphen, so that `cis-<stage>-<tenant>-<thing>` reads one way only. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]{1,19}$/, 'must be 2 to 20 lower case letters and digits, beginning with a letter'),
  domain: DOMAIN,
  stages: z
    .partialRecord(z.enum(STAGES), PLACE)
    .refine((stages) => Object.keys(stages).length > 0, 'must name at least one stage'),
  brand: z.strictObject({
    name: z.string().min(1).max(60),
    color: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #1a73e8'),
    site: z.url({ protocol: /^https$/, error: 'must be an https address' }),
    support: EMAIL,
  }),
  limits: z.strictObject({
    /** `null`: as many as he likes. */
    eventsPerOrganizer: z.int().positive().nullable(),
    invitesPerEvent: z.int().positive().max(500_000),
    /** Only organizers who have bought a subscription may create events. */
    enrolledOnly: z.boolean(),
  }),
  retentionDays: z.strictObject({
    /** Raw mail as it arrived. */
    inbox: z.int().min(1).max(3650),
    logs: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
  }),
  alarms: z.strictObject({ emails: z.array(EMAIL).max(10) }),
  /** Mails a second SES has granted; lists are sent at most that fast, and an alarm tells when the tenant comes near. */
  sesSendsPerSecond: z.number().positive().max(10_000),
  /** A list to invite, a change or a cancellation that reaches more people than that waits so long. */
  hold: HOLD.default({ above: 500, minutes: 10 }),
  /**
   * Of which letters SES tells: those that do not arrive, or all. Each is a message, a run and a write; `all` makes
   * three of what sending costs one.
   */
  deliveryEvents: z.enum(['failures', 'all']),
  /** Calendar services that may mail in an organizer's name, as full addresses. */
  trustedCalendarSenders: z.array(EMAIL),
  /** Domains of calendars that several people share: there the ORGANIZER is the calendar, not the sender. */
  sharedCalendarDomains: z.array(DOMAIN),
  /** How the subject of an update begins. */
  updateSubjectPrefix: z.string().min(1).max(60),
});

export type Tenant = z.infer<typeof TENANT>;
export type Place = z.infer<typeof PLACE>;

/** Checks the tenants one by one and against each other; the error lists every fault, each with its place. */
export function checkTenants(candidates: readonly unknown[]): Tenant[] {
  const faults: string[] = [];
  const tenants: Tenant[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const result = TENANT.safeParse(candidate);
    const named = (candidate as { name?: unknown } | null)?.name;
    const who = typeof named === 'string' ? `tenant ${named}` : `tenant number ${index + 1}`;
    if (result.success) tenants.push(result.data);
    else for (const issue of result.error.issues) faults.push(`${who}: ${issue.path.join('.')}: ${issue.message}`);
  }
  faults.push(...sharedNames(tenants), ...sharedMailDomains(tenants));
  if (faults.length > 0) throw new Error(`The tenants' configuration is not valid:\n  ${faults.join('\n  ')}`);
  return tenants;
}

function sharedNames(tenants: readonly Tenant[]): string[] {
  const names = tenants.map((tenant) => tenant.name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...twice].map((name) => `tenant ${name}: the name is taken by another tenant`);
}

/** SES keeps one identity a domain, account and region: a second claim would take the first one's mail. */
function sharedMailDomains(tenants: readonly Tenant[]): string[] {
  const claimed = new Map<string, string>();
  const faults: string[] = [];
  for (const tenant of tenants) {
    for (const stage of STAGES) {
      const place = tenant.stages[stage];
      if (!place) continue;
      const domain = mailDomainOf(tenant, place);
      const claim = `${place.account} ${place.region} ${domain}`;
      const holder = claimed.get(claim);
      if (holder) {
        faults.push(
          `tenant ${tenant.name}: stages.${stage}.mailDomain: ${domain} is taken by ${holder} in that account and region`,
        );
      } else claimed.set(claim, `${tenant.name}'s stage ${stage}`);
    }
  }
  return faults;
}

export function mailDomainOf(tenant: Tenant, place: Place): string {
  return place.mailDomain ?? tenant.domain;
}
