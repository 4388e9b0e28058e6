import type { TenantFile } from '../schema.ts';

/** The sample tenant: the one the local stack brings up. */
export const acme = {
  name: 'acme',
  domain: 'acme.invites.example',
  stages: {
    // This machine's post office takes what comes, and nobody waits long for what waits.
    local: {
      account: '000000000000',
      region: 'us-east-1',
      sesSendsPerSecond: 500,
      hold: { above: 350, minutes: 0.5 },
    },
    dev: { account: '111111111111', region: 'us-east-1', mailDomain: 'dev.acme.invites.example' },
    staging: { account: '333333333333', region: 'us-east-1', mailDomain: 'staging.acme.invites.example' },
    prod: { account: '222222222222', region: 'us-east-1' },
  },
  brand: {
    name: 'Acme Events',
    color: '#1a73e8',
    site: 'https://www.acme.example',
    support: 'support@acme.invites.example',
  },
  language: 'en',
  ownLetters: true,
  limits: { eventsPerOrganizer: 1000, invitesPerEvent: 2500, enrolledOnly: false },
  shop: {
    plans: {
      // So small that its limits can be met in a test.
      '632910392': { name: 'Mini', eventsPerOrganizer: 1, invitesPerEvent: 2 },
      '788032119': { name: 'Pro', eventsPerOrganizer: null, invitesPerEvent: 100_000 },
    },
  },
  retentionDays: { inbox: 365, logs: 90 },
  api: {
    allowedOrigins: ['https://calendar.acme.example'],
    clients: [{ name: 'newsletter', scopes: ['events:read', 'invites:write'] }],
    issuers: [],
  },
  inviteLink: {
    landings: ['calendar.acme.example', '*.pages.acme.example'],
    oneClick: ['klaviyocta'],
    // So few that they can be met in a test; whatever tests a machine sends comes from one address.
    perAddressADay: 3,
    perIpAnHour: 10_000,
    perEventAnHour: 12,
  },
  alarms: { emails: ['operations@acme.example'] },
  sesSendsPerSecond: 14,
  hold: { above: 500, minutes: 10 },
  tellsOfLimits: true,
  monthlyBudgetUsd: 200,
  deliveryEvents: 'failures',
  trustedCalendarSenders: ['calendar-notification@google.com'],
  sharedCalendarDomains: ['group.calendar.google.com'],
  updateSubjectPrefix: 'CalendarSnack Event Updated:',
} satisfies TenantFile;
