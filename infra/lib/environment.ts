import type { Tenant } from '../config/schema.ts';
import { type FunctionSpec, namedIn } from './functions.ts';
import type { Names } from './names.ts';

/** What the values are made from. */
export interface Surroundings {
  readonly names: Names;
  readonly tenant: Tenant;
  readonly tenantKeySecretArn: string;
  readonly shopSecretArn: string;
  /** Unset while the API itself is being described: its own functions cannot name it. */
  readonly apiUrl?: string;
  /** Who may say who calls the API, as JSON; where the API is described. */
  readonly issuers?: string;
}

/** The function's environment: a value for each name it asks for, and no other. */
export function environmentFor(spec: FunctionSpec, around: Surroundings): Record<string, string> {
  return Object.fromEntries(spec.environment.map((name) => [name, valueFor(name, spec, around)]));
}

function valueFor(
  name: string,
  spec: FunctionSpec,
  { names, tenant, tenantKeySecretArn, shopSecretArn, apiUrl, issuers }: Surroundings,
): string {
  switch (name) {
    case 'DYNAMODB_TABLE':
      return names.table;
    case 'INBOX_BUCKET':
      return names.inbox;
    case 'MAIL_DOMAIN':
      return names.mailDomain;
    case 'SENDER':
      return names.sender;
    case 'CONFIGURATION_SET':
      return names.configurationSet;
    case 'TENANT':
      return tenantJson(tenant, names);
    case 'INVITE_LINK':
      return inviteLinkJson(tenant);
    case 'TENANT_KEY_SECRET':
      return tenantKeySecretArn;
    case 'SHOP_PLANS':
      return plansJson(tenant);
    case 'SHOP_SECRET':
      return shopSecretArn;
    case 'API_URL':
      if (apiUrl) return apiUrl;
      throw unknown(name, spec, 'the API cannot name itself');
    case 'ISSUERS':
      if (issuers) return issuers;
      throw unknown(name, spec, 'only the API knows who may say who calls');
    case 'SQS_URL':
      return names.queueUrl(onlyQueueOf(spec));
  }
  const wanted = name
    .replace(/_QUEUE_URL$/, '')
    .toLowerCase()
    .replaceAll('_', '-');
  const kind = name.endsWith('_QUEUE_URL') ? 'queue' : 'topic';
  if (!spec.rights.some(({ on }) => on === `${kind} ${wanted}`)) {
    throw unknown(name, spec, `it has no right on "${kind} ${wanted}"`);
  }
  return kind === 'queue' ? names.queueUrl(wanted) : names.topicArn(wanted);
}

function onlyQueueOf(spec: FunctionSpec): string {
  const [queue, ...more] = spec.rights.flatMap(({ on }) => namedIn(on, 'queue'));
  if (queue && more.length === 0) return queue;
  throw unknown('SQS_URL', spec, 'it needs a right on exactly one queue');
}

function unknown(name: string, spec: FunctionSpec, why: string): Error {
  return new Error(`functions.json: ${spec.name} asks for ${name}, which has no value: ${why}`);
}

/** Which product is which plan, as the functions read it. */
function plansJson(tenant: Tenant): string {
  const plans = Object.entries(tenant.shop.plans).map(([product, plan]) => [
    product,
    { name: plan.name, events: plan.eventsPerOrganizer, invites_per_event: plan.invitesPerEvent },
  ]);
  return JSON.stringify(Object.fromEntries(plans));
}

/** What links may do, as the function behind them reads it. */
function inviteLinkJson({ inviteLink }: Tenant): string {
  return JSON.stringify({
    landings: inviteLink.landings,
    unknown_origin: inviteLink.unknownOrigin,
    one_click: inviteLink.oneClick,
    per_address_a_day: inviteLink.perAddressADay,
    per_ip_an_hour: inviteLink.perIpAnHour,
    per_event_an_hour: inviteLink.perEventAnHour,
  });
}

/** The tenant as the functions read it: their names, not ours. */
function tenantJson(tenant: Tenant, names: Names): string {
  return JSON.stringify({
    name: tenant.name,
    language: tenant.language,
    brand: tenant.brand,
    update_subject_prefix: tenant.updateSubjectPrefix,
    ses_sends_per_second: tenant.sesSendsPerSecond,
    hold: tenant.hold,
    tells_of_limits: tenant.tellsOfLimits,
    ...(tenant.ownLetters && { letters_bucket: names.letters }),
    limits: {
      events_per_organizer: tenant.limits.eventsPerOrganizer,
      invites_per_event: tenant.limits.invitesPerEvent,
      enrolled_only: tenant.limits.enrolledOnly,
    },
    trusted_calendar_senders: tenant.trustedCalendarSenders,
    shared_calendar_domains: tenant.sharedCalendarDomains,
  });
}
