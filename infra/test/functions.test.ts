import { describe, expect, it } from 'vitest';
import { acme } from '../config/tenants/acme.ts';
import { environmentFor } from '../lib/environment.ts';
import { checkFunctions, type FunctionSpec } from '../lib/functions.ts';
import { Names } from '../lib/names.ts';
import { sidFor } from '../lib/rights.ts';

const SPEC: FunctionSpec = {
  name: 'record-event',
  handler: 'record_event',
  purpose: 'Records an event.',
  error_impact: 'Events wait in the queue.',
  trigger: { queue: { topics: ['mail-received'], batch_size: 10, max_concurrency: 2 } },
  timeout_secs: 30,
  memory_mb: 256,
  environment: [],
  rights: [],
};

const errorOf = (...functions: unknown[]): string => {
  try {
    checkFunctions({ version: 1, scopes: [], functions });
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('the functions were accepted');
};

describe('functions.json', () => {
  it('is refused with a right on something no stack has', () => {
    for (const on of ['tabel', 'queue nobody', 'secret of-life', 'topic Wrong Name', 'bucket inbox']) {
      expect(errorOf({ ...SPEC, rights: [{ on, actions: ['s3:GetObject'] }] })).toBe(
        `functions.json is not valid:\n  record-event: a right on "${on}", which no stack has`,
      );
    }
  });

  it('is refused with a wildcard among the actions', () => {
    for (const action of ['dynamodb:*', '*', 'dynamodb:Get*']) {
      expect(errorOf({ ...SPEC, rights: [{ on: 'table', actions: [action] }] })).toContain(
        'must be one action written out',
      );
    }
  });

  it('is refused when a function listens to a topic to which nothing publishes', () => {
    expect(errorOf({ ...SPEC, trigger: { queue: { topics: ['news'], batch_size: 1, max_concurrency: 2 } } })).toContain(
      'record-event: reads topic "news", to which nothing publishes',
    );
  });

  it('is refused when two rights would have the same sid, or two functions the same name', () => {
    const right = { on: 'table', actions: ['dynamodb:GetItem'] };
    const message = errorOf({ ...SPEC, rights: [right, right] }, SPEC);
    expect(message).toContain('record-event: two rights on "table"; write one');
    expect(message).toContain('record-event: named twice');
  });

  it('is refused where callers are to be known and nobody says who they are', () => {
    const trigger = { http: { routes: [{ method: 'GET', path: '/', required: 'events:read' }] } };
    expect(errorOf({ ...SPEC, trigger })).toContain('0 functions say who calls, where 1 is needed');
    const route = { method: 'GET', path: '/' };
    expect(errorOf({ ...SPEC, trigger: { http: { routes: [route] } } })).toContain('Invalid input');
  });

  it('is refused when the API would give up before the function', () => {
    const trigger = { page: { routes: [{ method: 'GET', path: '/' }] } };
    expect(errorOf({ ...SPEC, trigger, timeout_secs: 29 })).toContain('the HTTP API gives up after 29 s');
  });

  it('is refused without saying what a failure means to people', () => {
    expect(errorOf({ ...SPEC, error_impact: '' })).toContain('functions.0.error_impact');
  });

  it('is refused in a version this package does not know', () => {
    expect(() => checkFunctions({ version: 2, functions: [SPEC] })).toThrow('version');
  });
});

describe('the environment of a function', () => {
  const around = {
    names: new Names('local', 'acme', '000000000000', 'us-east-1', 'acme.invites.example'),
    tenant: acme,
    tenantKeySecretArn: 'arn:secret',
    shopSecretArn: 'arn:shop',
  };

  it('has what the function asks for and nothing else', () => {
    expect(environmentFor({ ...SPEC, environment: ['DYNAMODB_TABLE', 'SENDER'] }, around)).toEqual({
      DYNAMODB_TABLE: 'cis-local-acme',
      SENDER: 'notification@acme.invites.example',
    });
  });

  it('names the tenant in the words the functions read', () => {
    const tenant = {
      ...acme,
      limits: { ...acme.limits, eventsPerOrganizer: null },
      trustedCalendarSenders: ['calendar@a.example'],
      sharedCalendarDomains: ['group.a.example'],
    };
    const { TENANT } = environmentFor({ ...SPEC, environment: ['TENANT'] }, { ...around, tenant });
    expect(JSON.parse(TENANT ?? '')).toEqual({
      name: 'acme',
      language: 'en',
      brand: acme.brand,
      update_subject_prefix: 'CalendarSnack Event Updated:',
      ses_sends_per_second: 14,
      hold: { above: 500, minutes: 10 },
      letters_bucket: 'cis-local-acme-letters-000000000000',
      tells_of_limits: true,
      limits: { events_per_organizer: null, invites_per_event: 2500, enrolled_only: false },
      trusted_calendar_senders: ['calendar@a.example'],
      shared_calendar_domains: ['group.a.example'],
    });
  });

  it('says what invite links may do in the words the function behind them reads', () => {
    const { INVITE_LINK } = environmentFor({ ...SPEC, environment: ['INVITE_LINK'] }, around);
    expect(JSON.parse(INVITE_LINK ?? '')).toEqual({
      landings: ['calendar.acme.example', '*.pages.acme.example'],
      one_click: ['klaviyocta'],
      per_address_a_day: 3,
      per_ip_an_hour: 10_000,
      per_event_an_hour: 12,
    });
    const tenant = { ...acme, inviteLink: { ...acme.inviteLink, unknownOrigin: 'landingpage' as const } };
    const lenient = environmentFor({ ...SPEC, environment: ['INVITE_LINK'] }, { ...around, tenant });
    expect(JSON.parse(lenient.INVITE_LINK ?? '')).toMatchObject({ unknown_origin: 'landingpage' });
  });

  it('finds topics and queues by their names', () => {
    const rights = [
      { on: 'topic event-created', actions: ['sns:Publish'] },
      { on: 'queue record-event', actions: ['sqs:SendMessage'] },
    ];
    const environment = ['EVENT_CREATED', 'RECORD_EVENT_QUEUE_URL', 'SQS_URL'];
    expect(environmentFor({ ...SPEC, environment, rights }, around)).toEqual({
      EVENT_CREATED: 'arn:aws:sns:us-east-1:000000000000:cis-local-acme-event-created',
      RECORD_EVENT_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/cis-local-acme-record-event',
      SQS_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/cis-local-acme-record-event',
    });
  });

  it('has no value for a name that stands for nothing, and says so', () => {
    expect(() => environmentFor({ ...SPEC, environment: ['EVENT_CRATED'] }, around)).toThrow(
      'functions.json: record-event asks for EVENT_CRATED, which has no value: it has no right on "topic event-crated"',
    );
    expect(() => environmentFor({ ...SPEC, environment: ['SQS_URL'] }, around)).toThrow('exactly one queue');
  });
});

it('derives the sid of a statement from what the right is on', () => {
  expect(['table', 'configuration-set', 'topic event-created', 'queue send-invite'].map(sidFor)).toEqual([
    'Table',
    'ConfigurationSet',
    'TopicEventCreated',
    'QueueSendInvite',
  ]);
});
