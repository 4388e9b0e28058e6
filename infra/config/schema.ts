import { z } from 'zod';

/** The stages, in the order a change travels. */
export const STAGES = ['local', 'dev', 'staging', 'prod'] as const;
export type StageName = (typeof STAGES)[number];

/** Where mail arrives. */
const INGRESSES = ['receipt-rules', 'mail-manager'] as const;

const DOMAIN = z
  .string()
  .regex(
    /^(?=.{4,190}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'must be a domain name in lower case, like acme.invites.example',
  );

const EMAIL = z.email('must be an email address');

/** A pattern for the JSON Schema, whose format says nothing of the protocol. */
const HTTPS = z.url({ protocol: /^https$/, error: 'must be an https address' }).meta({ pattern: '^https://' });

/** For how many days attendee reports are kept: as long as a link to one works (crates/invite/src/report.rs). */
export const REPORT_DAYS = 7;

const SENDS_PER_SECOND = z.number().positive().max(10_000);

const HOLD = z.strictObject({
  above: z.int().min(0).max(500_000).describe('More people than these; 0: nothing waits.'),
  minutes: z.number().positive().max(1440).describe('How long.'),
});

/** As the functions know them; an unknown one is told when the stacks are described. */
const SCOPES = z
  .array(z.string().regex(/^[a-z]+(:[a-z]+)+$/, 'must be a scope, like events:read'))
  .min(1)
  .describe('What it may; docs/authorization.md has them.');

const ORGANIZER = EMAIL.describe('Whose events it may see; everybody’s without one.');

const CLIENT = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,29}$/, 'must be 2 to 30 lower case letters, digits and hyphens, beginning with a letter'),
  scopes: SCOPES,
  organizer: ORGANIZER.optional(),
});

const SOME_TEXT = z.string().min(1).max(200);

const ISSUER = z.strictObject({
  issuer: HTTPS.describe('What its tokens say in iss, to the letter.'),
  jwksUri: HTTPS.optional().describe('Where its keys are; without it, where its discovery document says.'),
  audiences: z.array(SOME_TEXT).min(1).describe('For whom its tokens are made (aud): any of these.'),
  addressClaim: SOME_TEXT.default('email').describe('The claim that names a person’s address.'),
  addressIsVerified: z
    .boolean()
    .default(false)
    .describe('You vouch that the issuer has verified each address; otherwise the claim email_verified has to say so.'),
  groupsClaim: SOME_TEXT.default('groups').describe('The claim that names a person’s groups.'),
  adminGroups: z.array(SOME_TEXT).default([]).describe('Members of any of these administer the tenant.'),
  organizerGroups: z
    .array(SOME_TEXT)
    .optional()
    .describe('Only members of any of these are organizers; without it everybody is, of his own events.'),
  clients: z
    .array(z.strictObject({ clientId: SOME_TEXT, organizer: ORGANIZER.optional() }))
    .default([])
    .describe('Clients that are programs and ask for themselves (client credentials), by client_id or azp.'),
  scopePrefix: z.string().max(200).default('').describe('What stands before the names of scopes in its tokens.'),
});

/** They are handed to a function in its environment, which holds 4 KB. */
const MOST_PLANS = 20;

const SHOP = z.strictObject({
  plans: z
    .record(
      z.string().regex(/^[1-9]\d{0,18}$/, 'must be the shop’s id of a product: digits'),
      z.strictObject({
        name: z.string().min(1).max(60).describe('As people read it.'),
        eventsPerOrganizer: z.int().positive().nullable().describe('null: as many as he likes.'),
        invitesPerEvent: z.int().positive().max(500_000),
      }),
    )
    .refine((plans) => Object.keys(plans).length <= MOST_PLANS, `must be at most ${MOST_PLANS} products`)
    .meta({ maxProperties: MOST_PLANS })
    .describe('What each product allows who has bought it, by the shop’s id of the product.'),
});

/** Where invitations come from, as the functions know it (crates/invite/src/event/origin.rs). */
export const ORIGINS = [
  'api',
  'bulk',
  'convertkit',
  'emailcta',
  'hubspot',
  'klaviyo',
  'klaviyocta',
  'landingpage',
  'mailchimpcta',
  'multievent',
  'sendgrid',
  'sendgridcta',
  'shared',
  'singlesend',
  'test',
  'vip',
  'webform',
  'wix',
  'wixv2',
  'zoho',
] as const;

/** They are handed to a function in its environment, which holds 4 KB. */
const MOST_LANDINGS = 20;

const TIMES = z.int().positive().max(100_000);

const INVITE_LINK = z.strictObject({
  landings: z
    .array(
      z
        .string()
        .regex(
          /^(?=.{4,100}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
          'must be a host in lower case, like www.acme.example, or *.acme.example for all below it',
        ),
    )
    .max(MOST_LANDINGS)
    .default([])
    .describe('Hosts a link may lead on to, by https, beside that of brand.site.'),
  unknownOrigin: z
    .enum(ORIGINS)
    .optional()
    .describe('As which origin a link counts that names one nobody knows; without it such a link is refused.'),
  oneClick: z
    .array(z.enum(ORIGINS))
    .default([])
    .describe(
      'Origins whose links invite whoever opens them, without a button. Programs that look at the links of a mail open them, too.',
    ),
  perAddressADay: TIMES.default(5).describe('How often an invitation may be asked for one address in a day.'),
  perIpAnHour: TIMES.default(60).describe('How often from one IP address (IPv6: a /64 network) in an hour.'),
  perEventAnHour: TIMES.default(1000).describe('How often to one event in an hour.'),
});

const API = z.strictObject({
  allowedOrigins: z
    .array(
      z
        .string()
        .regex(
          /^https:\/\/[a-z0-9.-]+(:\d+)?$|^http:\/\/localhost(:\d+)?$/,
          'must be an origin, like https://calendar.acme.example',
        ),
    )
    .describe(
      'Origins of pages in a browser that may call the API, like https://calendar.acme.example; none: only programs call it.',
    ),
  clients: z
    .array(CLIENT)
    .default([])
    .describe(
      'Programs that get tokens of the tenant’s own user pool by credentials of their own. Not for a tenant whose name contains aws, amazon or cognito.',
    ),
  issuers: z
    .array(ISSUER)
    .max(5)
    .default([])
    .describe('Who else than the tenant’s own user pool may say who calls (OpenID Connect).'),
});

const BUDGET = z.number().positive().max(1_000_000).nullable();

/** Where a tenant's stage lives, and what differs there. */
export const PLACE = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be the twelve digits of an AWS account')
    .describe('The AWS account. Several tenants may share one.'),
  region: z
    .string()
    .regex(/^[a-z]{2}-[a-z]+-\d$/, 'must be an AWS region, like us-east-1')
    .describe('A region in which SES receives mail.'),
  mailDomain: DOMAIN.optional().describe(
    'The domain that receives and sends this stage’s mail; the tenant’s own unless another is named.',
  ),
  sesSendsPerSecond: SENDS_PER_SECOND.optional().describe(
    'Mails a second SES has granted this account; the tenant’s own number unless another is named.',
  ),
  hold: HOLD.optional().describe('What waits on this stage; the tenant’s own unless another is named.'),
  monthlyBudgetUsd: BUDGET.optional().describe('This stage’s budget; the tenant’s own unless another is named.'),
  ingress: z
    .enum(INGRESSES)
    .optional()
    .describe(
      'Where mail arrives: at SES’s receipt rules, unless at an ingress point of Mail Manager of its own, which looks at who may mail and hands it to them.',
    ),
  suspended: z
    .boolean()
    .optional()
    .describe('Takes no mail and no requests, sends nothing; what is under way waits. For two weeks at most.'),
});

/** One tenant: everything that differs between two customers, and nothing else. Descriptions go into the JSON Schema. */
export const TENANT = z.strictObject({
  name: z
    .string()
    // No hyphen, so that `cis-<stage>-<tenant>-<thing>` reads one way only.
    .regex(/^[a-z][a-z0-9]{1,19}$/, 'must be 2 to 20 lower case letters and digits, beginning with a letter')
    .describe('Part of every resource’s name, and the name of the file. For ever.'),
  domain: DOMAIN.describe('The domain that receives and sends mail.'),
  stages: z
    .partialRecord(z.enum(STAGES), PLACE)
    .refine((stages) => Object.keys(stages).length > 0, 'must name at least one stage')
    .meta({ description: 'Where each stage lives; a stage that is not named is not there.', minProperties: 1 }),
  brand: z
    .strictObject({
      name: z.string().min(1).max(60),
      color: z.string().regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour like #1a73e8'),
      site: HTTPS,
      support: EMAIL.describe('Whom people ask who do not get on.'),
      logo: HTTPS.optional().describe(
        'A picture at the head of letters, 32 pixels high; whoever serves it sees who opens a letter.',
      ),
      address: z.string().min(1).max(160).optional().describe('Where you are, in a line, at the foot of letters.'),
    })
    .describe('How letters and pages look.'),
  language: z.enum(['en', 'de']).default('en').describe('In which language people are written to.'),
  ownLetters: z
    .boolean()
    .default(false)
    .describe('Letters are made of the tenant’s own templates, which lie in the bucket …-letters; docs/letters.md.'),
  limits: z.strictObject({
    eventsPerOrganizer: z.int().positive().nullable().describe('null: as many as he likes.'),
    invitesPerEvent: z.int().positive().max(500_000),
    enrolledOnly: z.boolean().describe('Only organizers who have bought a subscription may create events.'),
  }),
  shop: SHOP.default({ plans: {} }).describe('What the tenant sells, by Shopify.'),
  retentionDays: z.strictObject({
    inbox: z
      .int()
      .min(REPORT_DAYS)
      .max(3650)
      .describe('Raw mail as it arrived, and lists; a link to an attendee report works for 7 days.'),
    logs: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]),
  }),
  api: API.default({ allowedOrigins: [], clients: [], issuers: [] }).describe('Who may call the API.'),
  inviteLink: INVITE_LINK.default({
    landings: [],
    oneClick: [],
    perAddressADay: 5,
    perIpAnHour: 60,
    perEventAnHour: 1000,
  }).describe('What the invite links of events may do, which anybody may follow.'),
  alarms: z.strictObject({
    emails: z.array(EMAIL).max(10).describe('Who is told when something rings.'),
    runbook: HTTPS.optional().describe(
      'Where your docs/operations.md can be read; alarms link to its sections. Without it they name that file of the repository, which is no link.',
    ),
  }),
  sesSendsPerSecond: SENDS_PER_SECOND.describe(
    'Mails a second SES has granted; lists are sent at most that fast, and an alarm tells when the tenant comes near.',
  ),
  hold: HOLD.default({ above: 500, minutes: 10 }).describe(
    'A list to invite, a change or a cancellation that reaches more people than that waits so long, and can be stopped by its organizer meanwhile.',
  ),
  tellsOfLimits: z
    .boolean()
    .default(true)
    .describe('Organizers are mailed, once a day for an event, when somebody more was to be invited than can be.'),
  monthlyBudgetUsd: BUDGET.default(null).describe(
    'Above 80 % of it, forecast above all of it, those in alarms.emails are told. null: no budget.',
  ),
  deliveryEvents: z
    .enum(['failures', 'all'])
    .describe(
      'Of which letters SES tells: those that do not arrive, or all. Each is a message, a run and a write; all makes three of what sending costs one.',
    ),
  trustedCalendarSenders: z
    .array(EMAIL)
    .describe('Calendar services that may mail in an organizer’s name, as full addresses.'),
  sharedCalendarDomains: z
    .array(DOMAIN)
    .describe('Domains of calendars that several people share: there the ORGANIZER is the calendar, not the sender.'),
  updateSubjectPrefix: z.string().min(1).max(60).describe('How the subject of an update begins.'),
});

export type Tenant = z.infer<typeof TENANT>;
/** As a file says it: what has a default may be left out. */
export type TenantFile = z.input<typeof TENANT>;
export type Place = z.infer<typeof PLACE>;

export function mailDomainOf(tenant: Tenant, place: Place): string {
  return place.mailDomain ?? tenant.domain;
}
