import { mailDomainOf, type Place, type StageName, type Tenant } from '../config/schema.ts';

/** The receipt rule set, one an account and region, and the stack that owns it. */
export const RULE_SET = 'cis';
export const ACCOUNT_STACK = 'cis-account';
/** The tag whose value is `Names.place`. */
export const PLACE_TAG = 'cis:place';
/** Where in the inbox bucket SES puts a mail. */
export const INBOX_PREFIX = 'inbox/';
/** Where in the inbox bucket Mail Manager puts a mail. */
export const ARRIVED_PREFIX = 'arrived/';
/** Where in the inbox bucket people put lists too large for mail, and where what comes of lists lies. */
export const UPLOADS_PREFIX = 'uploads/';
export const LISTS_PREFIX = 'lists/';
/** Where in the inbox bucket attendee reports lie. */
export const REPORTS_PREFIX = 'reports/';
/** A tenant's own letter templates in the bucket of letters: all of them in one object. */
export const OWN_LETTERS_KEY = 'templates.json';

/** The namespace of numbers that are counted in logs. */
export const METRICS = 'CalendarInviteServer';

/**
 * All names of one tenant's stage. Stacks refer to each other by these rather than by exports wherever the name
 * tells all, so that one stack never stops another from changing.
 */
export class Names {
  readonly mailDomain: string;
  readonly sender: string;

  constructor(
    readonly stage: StageName,
    readonly tenant: string,
    readonly account: string,
    readonly region: string,
    mailDomain: string,
  ) {
    this.mailDomain = mailDomain;
    this.sender = `notification@${mailDomain}`;
  }

  static of(stage: StageName, tenant: Tenant, place: Place): Names {
    return new Names(stage, tenant.name, place.account, place.region, mailDomainOf(tenant, place));
  }

  /** `cis-<stage>-<tenant>-<thing>` */
  of(thing: string): string {
    return `${this.table}-${thing}`;
  }

  stack(part: string): string {
    return this.of(part);
  }

  // data
  get table(): string {
    return `cis-${this.stage}-${this.tenant}`;
  }
  get tableArn(): string {
    return this.arn('dynamodb', `table/${this.table}`);
  }
  indexArn(index: string): string {
    return `${this.tableArn}/index/${index}`;
  }
  /** Bucket names are worldwide: the account makes them ours. */
  get inbox(): string {
    return `${this.of('inbox')}-${this.account}`;
  }
  get inboxObjectsArn(): string {
    return `arn:aws:s3:::${this.inbox}/${INBOX_PREFIX}*`;
  }
  get inboxArn(): string {
    return `arn:aws:s3:::${this.inbox}`;
  }
  get uploadedObjectsArn(): string {
    return `${this.inboxArn}/${UPLOADS_PREFIX}*`;
  }
  get listObjectsArn(): string {
    return `${this.inboxArn}/${LISTS_PREFIX}*`;
  }
  get reportObjectsArn(): string {
    return `${this.inboxArn}/${REPORTS_PREFIX}*`;
  }
  /** A tenant's own letter templates. */
  get letters(): string {
    return `${this.of('letters')}-${this.account}`;
  }
  get ownLettersArn(): string {
    return `arn:aws:s3:::${this.letters}/${OWN_LETTERS_KEY}`;
  }
  get accessLogs(): string {
    return `${this.of('access-logs')}-${this.account}`;
  }
  secret(name: string): string {
    return this.of(name);
  }

  // mail
  get receiptRule(): string {
    return this.table;
  }
  get receiptRuleArn(): string {
    return this.arn('ses', `receipt-rule-set/${RULE_SET}:receipt-rule/${this.receiptRule}`);
  }
  /** Where Mail Manager keeps what it was sent, before it hands it to the receipt rules. */
  get arrivedArn(): string {
    return `${this.inboxArn}/${ARRIVED_PREFIX}*`;
  }
  get ingress(): string {
    return this.of('ingress');
  }
  /** All rule sets of Mail Manager in the account: AWS makes up their ids. */
  get mailManagerRulesArn(): string {
    return this.arn('ses', 'mailmanager-rule-set/*');
  }
  get configurationSet(): string {
    return this.table;
  }
  get configurationSetArn(): string {
    return this.arn('ses', `configuration-set/${this.configurationSet}`);
  }
  get identityArn(): string {
    return this.arn('ses', `identity/${this.mailDomain}`);
  }
  get mailFromDomain(): string {
    return `bounce.${this.mailDomain}`;
  }

  // pipeline
  topic(name: string): string {
    return this.of(name);
  }
  topicArn(name: string): string {
    return this.arn('sns', this.topic(name));
  }
  function(name: string): string {
    return this.of(name);
  }
  get everyFunctionArn(): string {
    return this.arn('lambda', `function:${this.of('*')}`);
  }
  functionLogs(name: string): string {
    return `/aws/lambda/${this.function(name)}`;
  }
  logStreamsArn(logGroup: string): string {
    return `${this.arn('logs', `log-group:${logGroup}`)}:*`;
  }
  queue(name: string): string {
    return this.of(name);
  }
  queueArn(name: string): string {
    return this.arn('sqs', this.queue(name));
  }
  queueUrl(name: string): string {
    return `https://sqs.${this.region}.amazonaws.com/${this.account}/${this.queue(name)}`;
  }
  deadLetters(name: string): string {
    return `${name}-dlq`;
  }

  // api
  get api(): string {
    return this.of('api');
  }
  /** Under /aws/vendedlogs/, where deliveries do not each enlarge the account's log resource policy. */
  get apiLogs(): string {
    return `/aws/vendedlogs/apis/${this.api}`;
  }
  get userPool(): string {
    return this.of('users');
  }
  /** The first label of where tokens are had; the labels of all accounts of a region are one set. */
  get tokenDomain(): string {
    return `${this.userPool}-${this.account}`;
  }

  // watch
  get alarmTopic(): string {
    return 'alarms';
  }
  alarm(what: string): string {
    return this.of(what);
  }
  alarmArn(alarm: string): string {
    return this.arn('cloudwatch', `alarm:${alarm}`);
  }
  /** How often letters were ours because a template of the tenant's could not be used. */
  get ownLettersMetric(): string {
    return this.of('own-letters');
  }
  /** How often a function has logged that something failed. */
  failuresMetric(name: string): string {
    return this.of(`${name}-failures`);
  }
  get everyAlarmArn(): string {
    return this.alarmArn(this.of('*'));
  }
  get dashboard(): string {
    return this.table;
  }
  /** CloudWatch shows what stands before the slash as a folder. */
  logQuery(name: string): string {
    return `${this.table}/${name}`;
  }
  budget(digest: string): string {
    return this.of(digest);
  }

  /** The tag by which costs of one tenant's stage are told apart: a budget's filter cannot ask for two. */
  get place(): string {
    return `${this.stage}-${this.tenant}`;
  }

  private arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }
}
