import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Tenant } from '../config/schema.ts';
import { type FunctionSpec, namedIn, type Right } from './functions.ts';
import type { Names } from './names.ts';

/** What has to be handed over because its name alone does not tell its ARN. */
export interface Handed {
  readonly tenantKeySecretArn: string;
  readonly shopSecretArn: string;
}

/** What the function may do at this tenant: of his own letters only where he has some. */
export function rightsAt(tenant: Tenant, spec: FunctionSpec): readonly Right[] {
  return spec.rights.filter(({ on }) => on !== 'letters' || tenant.ownLetters);
}

/** One statement for one right: its sid is the name of the thing, so that a script can take away one at a time. */
export function statementFor(right: Right, names: Names, handed: Handed): PolicyStatement {
  return new PolicyStatement({
    sid: sidFor(right.on),
    actions: [...right.actions],
    resources: [arnOf(right.on, names, handed)],
    ...conditionsOf(right.on),
  });
}

/** Keys of programs lie in one partition of the table, and so do erasures: who says who calls, or asks for one, touches no other. */
const PARTITIONS: Readonly<Record<string, string>> = { 'table keys': 'key#', 'table erasures': 'erasure#' };

function conditionsOf(on: string) {
  const partition = PARTITIONS[on];
  if (partition === undefined) return {};
  return { conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] } } };
}

/** `topic event-created` becomes `TopicEventCreated`. */
export function sidFor(on: string): string {
  return on.replace(/(?:^|[ -])([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function arnOf(on: string, names: Names, handed: Handed): string {
  switch (on) {
    case 'table':
    case 'table keys':
    case 'table erasures':
      return names.tableArn;
    case 'index feed':
      return names.indexArn('feed');
    case 'index organizer-feed':
      return names.indexArn('organizer-feed');
    case 'inbox':
      return names.inboxObjectsArn;
    case 'uploads':
      return names.uploadedObjectsArn;
    case 'lists':
      return names.listObjectsArn;
    case 'reports':
      return names.reportObjectsArn;
    case 'letters':
      return names.ownLettersArn;
    case 'identity':
      return names.identityArn;
    case 'configuration-set':
      return names.configurationSetArn;
    case 'secret tenant-key':
      return handed.tenantKeySecretArn;
    case 'secret shop':
      return handed.shopSecretArn;
  }
  const [topic] = namedIn(on, 'topic');
  if (topic) return names.topicArn(topic);
  const [queue] = namedIn(on, 'queue');
  if (queue) return names.queueArn(queue);
  throw new Error(`functions.json gives a right on "${on}", which no stack has`);
}
