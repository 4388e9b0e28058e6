import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * `lambdas/functions.json`, written by the Rust side: what each function is triggered by, reads from its environment
 * and may do. Nothing about a single function is said in this package.
 */
const NAME = z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);

/** What a program may be allowed to do, like `events:read`. */
const SCOPE = z.string().regex(/^[a-z]+(:[a-z]+)+$/);

const QUEUE = z.strictObject({
  topics: z.array(NAME),
  batch_size: z.int().min(1).max(10),
  max_concurrency: z.int().min(2).max(1000),
});
const STREAM = z.strictObject({
  batch_size: z.int().min(1).max(10_000),
  /** How long records are gathered for a call that is not full. */
  batching_window_secs: z.int().min(0).max(300),
  /** 0: no tumbling window. */
  tumbling_window_secs: z.int().min(0).max(900),
  sort_key_prefixes: z.array(z.string().min(1)).min(1),
});
const METHOD = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const PATH = z.string().startsWith('/');
/** Requests of callers who are known; what is required of them, the functions check themselves. */
const HTTP = z.strictObject({
  routes: z
    .array(z.strictObject({ method: METHOD, path: PATH, required: z.union([SCOPE, z.literal('administrator')]) }))
    .min(1),
});
/** Requests of people who follow a link. */
const PAGE = z.strictObject({
  routes: z
    .array(
      z.union([
        z.strictObject({ method: METHOD, path: PATH }),
        /** What no other route takes. */
        z.strictObject({ method: z.literal('ANY'), path: z.literal('$default') }),
      ]),
    )
    .min(1),
});

const RIGHT = z.strictObject({
  /** `table`, `table keys`, `table erasures`, `index X`, `inbox`, `uploads`, `lists`, `reports`, `letters`, `identity`, `configuration-set`, `topic X`, `queue X` or `secret X`. */
  on: z.string(),
  actions: z
    .array(z.string().regex(/^[a-z0-9]+:[A-Za-z]+$/, 'must be one action written out, like s3:GetObject'))
    .min(1),
});

const FUNCTION = z.strictObject({
  name: NAME,
  handler: z.string().regex(/^[a-z][a-z0-9_]*$/),
  purpose: z.string().min(1).max(256),
  /** What people notice when it fails; an alarm is named by it. */
  error_impact: z.string().min(1),
  trigger: z.union([
    z.strictObject({ queue: QUEUE }),
    z.strictObject({ stream: STREAM }),
    z.strictObject({ http: HTTP }),
    z.strictObject({ page: PAGE }),
    z.strictObject({ authorizer: z.strictObject({}) }),
  ]),
  timeout_secs: z.int().min(1).max(900),
  memory_mb: z.int().min(128).max(10_240),
  environment: z.array(z.string().regex(/^[A-Z][A-Z0-9_]*$/)),
  rights: z.array(RIGHT),
});

const FILE = z.strictObject({
  version: z.literal(1),
  scopes: z.array(z.strictObject({ name: SCOPE, meaning: z.string().min(1).max(256) })),
  functions: z.array(FUNCTION).min(1),
});

export type QueueTrigger = z.infer<typeof QUEUE>;
export type StreamTrigger = z.infer<typeof STREAM>;
export type HttpTrigger = z.infer<typeof HTTP>;
export type PageTrigger = z.infer<typeof PAGE>;
export type Scope = z.infer<typeof FILE>['scopes'][number];
export type Right = z.infer<typeof RIGHT>;
export type FunctionSpec = z.infer<typeof FUNCTION>;
export type Triggered<T> = { spec: FunctionSpec; trigger: T };

/** Topics that something other than a function publishes to: SES tells of each mail in and of what becomes of mail out, S3 of each uploaded list. */
export const TOPICS_FROM_OUTSIDE: readonly string[] = ['mail-received', 'delivery-events', 'list-uploaded'];

/** The functions in the order of the mail's path, by trigger, and the topics and queues between them. */
export class Functions {
  readonly queued: readonly Triggered<QueueTrigger>[];
  readonly streamed: readonly Triggered<StreamTrigger>[];
  readonly http: readonly Triggered<HttpTrigger>[];
  /** Behind routes that ask nobody who he is. */
  readonly pages: readonly Triggered<PageTrigger>[];
  /** Those that say who calls; there is one where there are routes of callers. */
  readonly authorizers: readonly FunctionSpec[];
  /** Topics that functions publish to. */
  readonly topics: readonly string[];

  constructor(
    readonly all: readonly FunctionSpec[],
    /** What a program may be allowed to do. */
    readonly scopes: readonly Scope[],
  ) {
    this.queued = all.flatMap((spec) => ('queue' in spec.trigger ? [{ spec, trigger: spec.trigger.queue }] : []));
    this.streamed = all.flatMap((spec) => ('stream' in spec.trigger ? [{ spec, trigger: spec.trigger.stream }] : []));
    this.http = all.flatMap((spec) => ('http' in spec.trigger ? [{ spec, trigger: spec.trigger.http }] : []));
    this.pages = all.flatMap((spec) => ('page' in spec.trigger ? [{ spec, trigger: spec.trigger.page }] : []));
    this.authorizers = all.filter(({ trigger }) => 'authorizer' in trigger);
    this.topics = [...new Set(all.flatMap((spec) => spec.rights.flatMap(({ on }) => namedIn(on, 'topic'))))];
  }

  isQueue(name: string): boolean {
    return this.queued.some(({ spec }) => spec.name === name);
  }
  isTopic(name: string): boolean {
    return this.topics.includes(name) || TOPICS_FROM_OUTSIDE.includes(name);
  }
}

/** `namedIn('topic event-created', 'topic')` is `['event-created']`; of another kind it is `[]`. */
export function namedIn(on: string, kind: string): string[] {
  return on.startsWith(`${kind} `) ? [on.slice(kind.length + 1)] : [];
}

export function readFunctions(path: URL | string): Functions {
  return checkFunctions(JSON.parse(readFileSync(path, 'utf8')), String(path));
}

/** Checks the shape and that everything named exists; the error lists every fault. */
export function checkFunctions(json: unknown, source = 'functions.json'): Functions {
  const result = FILE.safeParse(json);
  if (!result.success) {
    throw notValid(
      source,
      result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    );
  }
  const functions = new Functions(result.data.functions, result.data.scopes);
  const faults = [
    ...repeated(functions),
    ...unguarded(functions),
    ...functions.all.flatMap((spec) => faultsOf(spec, functions)),
  ];
  if (faults.length > 0) throw notValid(source, faults);
  return functions;
}

function notValid(source: string, faults: string[]): Error {
  return new Error(`${source} is not valid:\n  ${faults.join('\n  ')}`);
}

function repeated({ all }: Functions): string[] {
  const names = all.map((spec) => spec.name);
  return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${name}: named twice`);
}

function unguarded({ http, authorizers }: Functions): string[] {
  const wanted = http.length > 0 ? 1 : 0;
  if (authorizers.length === wanted) return [];
  return [`${authorizers.length} functions say who calls, where ${wanted} is needed`];
}

const SINGLE_THINGS = [
  'table',
  'table keys',
  'table erasures',
  'index feed',
  'index organizer-feed',
  'inbox',
  'uploads',
  'lists',
  'reports',
  'letters',
  'identity',
  'configuration-set',
];
export const SECRETS = ['tenant-key', 'shop'] as const;

function faultsOf(spec: FunctionSpec, functions: Functions): string[] {
  const faults: string[] = [];
  const ons = spec.rights.map((right) => right.on);
  for (const on of ons) {
    const known =
      SINGLE_THINGS.includes(on) ||
      namedIn(on, 'topic').some((topic) => /^[a-z-]+$/.test(topic)) ||
      namedIn(on, 'queue').some((queue) => functions.isQueue(queue)) ||
      namedIn(on, 'secret').some((secret) => SECRETS.some((known) => known === secret));
    if (!known) faults.push(`${spec.name}: a right on "${on}", which no stack has`);
    if (ons.indexOf(on) !== ons.lastIndexOf(on)) faults.push(`${spec.name}: two rights on "${on}"; write one`);
  }
  if ('queue' in spec.trigger) {
    for (const topic of spec.trigger.queue.topics) {
      if (!functions.isTopic(topic)) faults.push(`${spec.name}: reads topic "${topic}", to which nothing publishes`);
    }
  }
  if (('http' in spec.trigger || 'page' in spec.trigger) && spec.timeout_secs >= 29) {
    faults.push(`${spec.name}: a timeout of ${spec.timeout_secs} s, but the HTTP API gives up after 29 s`);
  }
  // What it takes is taken from the 29 s, too.
  if ('authorizer' in spec.trigger && spec.timeout_secs > 10) {
    faults.push(`${spec.name}: a timeout of ${spec.timeout_secs} s, but the HTTP API waits 10 s to hear who calls`);
  }
  return [...new Set(faults)];
}
