import { type Place, STAGES, type StageName, type Tenant } from '../../config/schema.ts';

/** What a new tenant is made of: the answers, by flag, and where each stage lives. */
export interface Answers {
  readonly said: Readonly<Record<string, string>>;
  readonly stages: Partial<Record<StageName, Place>>;
}

/** A whole tenant. What nobody was asked is what the sample tenant has; SES grants 14 mails a second to begin with. */
export function newTenant({ said, stages }: Answers): Tenant {
  const answer = (flag: string): string => said[flag] ?? '';
  return {
    name: answer('name'),
    domain: answer('domain'),
    stages,
    brand: { name: answer('brand'), color: answer('color'), site: answer('site'), support: answer('support') },
    language: 'en',
    ownLetters: false,
    limits: { eventsPerOrganizer: 1000, invitesPerEvent: 2500, enrolledOnly: false },
    shop: { plans: {} },
    retentionDays: { inbox: 365, logs: 90 },
    api: { allowedOrigins: [], clients: [], issuers: [] },
    inviteLink: { landings: [], oneClick: [], perAddressADay: 5, perIpAnHour: 60, perEventAnHour: 1000 },
    alarms: { emails: [answer('alarms')], ...(said.runbook && { runbook: said.runbook }) },
    sesSendsPerSecond: 14,
    hold: { above: 500, minutes: 10 },
    tellsOfLimits: true,
    monthlyBudgetUsd: null,
    deliveryEvents: 'failures',
    trustedCalendarSenders: ['calendar-notification@google.com'],
    sharedCalendarDomains: ['group.calendar.google.com'],
    updateSubjectPrefix: 'Updated:',
  };
}

/** Reads `dev=111111111111/us-east-1` and `dev=111111111111/us-east-1/dev.globex.example`. */
export function placeIn(text: string): [StageName, Place] {
  const [name, where = ''] = text.split('=');
  const [account = '', region = '', mailDomain] = where.split('/');
  const stage = STAGES.find((known) => known === name);
  if (!stage) throw new Error(`--stage ${text}: there is no stage "${name}"; there are ${STAGES.join(', ')}`);
  return [stage, { account, region, ...(mailDomain && { mailDomain }) }];
}
