import { type StackProps, Stage, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Place as ConfiguredPlace, StageName, Tenant } from '../config/schema.ts';
import { type Cloud, cloudOf } from './cloud.ts';
import type { Home } from './constructs/function-with-role.ts';
import type { Release } from './constructs/gradual-release.ts';
import type { Functions } from './functions.ts';
import { Names, PLACE_TAG } from './names.ts';
import { ApiStack } from './stacks/api.ts';
import { DataStack } from './stacks/data.ts';
import { MailStack } from './stacks/mail.ts';
import { PipelineStack } from './stacks/pipeline.ts';
import { WatchStack } from './stacks/watch.ts';

/** One tenant in one stage, as its stacks need to know it. */
export interface Place {
  readonly names: Names;
  readonly tenant: Tenant;
  readonly cloud: Cloud;
  readonly release: Release;
  /** Takes nothing in and lets nothing out; what is under way waits in its queues. */
  readonly suspended: boolean;
  /** Mail arrives at Mail Manager, which hands it to the receipt rules. */
  readonly atMailManager: boolean;
  readonly stack: (part: string, what: string) => StackProps;
}

interface Props {
  readonly stage: StageName;
  readonly tenant: Tenant;
  readonly place: ConfiguredPlace;
  readonly functions: Functions;
  /** Directory or zip with the functions' binary. */
  readonly bundle: string;
  readonly release: Release;
}

/** All of one tenant in one stage, in the order of the mail's path. */
export class TenantStage extends Stage {
  constructor(scope: Construct, { stage, tenant: anywhere, place: configured, functions, bundle, release }: Props) {
    const env = { account: configured.account, region: configured.region };
    super(scope, `${stage}-${anywhere.name}`, { env });
    const tenant = {
      ...anywhere,
      sesSendsPerSecond: configured.sesSendsPerSecond ?? anywhere.sesSendsPerSecond,
      hold: configured.hold ?? anywhere.hold,
      monthlyBudgetUsd:
        configured.monthlyBudgetUsd === undefined ? anywhere.monthlyBudgetUsd : configured.monthlyBudgetUsd,
    };
    const names = Names.of(stage, tenant, configured);
    const cloud = cloudOf(stage);
    const place: Place = {
      names,
      tenant,
      cloud,
      release,
      suspended: configured.suspended ?? false,
      atMailManager: configured.ingress === 'mail-manager',
      stack: (part, what) => ({
        stackName: names.stack(part),
        description: `Calendar Invite Server of ${tenant.name}, ${stage}: ${what}`,
        env,
      }),
    };

    const data = new DataStack(this, place);
    const mail = new MailStack(this, place, data);
    const home: Home = {
      names,
      tenant,
      cloud,
      bundle,
      suspended: place.suspended,
      tenantKeySecretArn: data.tenantKey.secretArn,
      shopSecretArn: data.shop.secretArn,
    };
    // Before the pipeline, though the mail comes first: mails link to the API, whose address only AWS knows.
    const api = new ApiStack(this, place, functions, home);
    const streamArn = streamArnOf(data);
    const pipeline = new PipelineStack(this, place, { functions, home: { ...home, apiUrl: api.url }, mail, streamArn });
    new WatchStack(this, place, data, functions, [...pipeline.queued, ...pipeline.streamed, ...api.watched]);

    Tags.of(this).add('cis:stage', stage);
    Tags.of(this).add('cis:tenant', tenant.name);
    Tags.of(this).add(PLACE_TAG, names.place);
  }
}

function streamArnOf({ table }: DataStack): string {
  if (!table.tableStreamArn) throw new Error('The table has no stream');
  return table.tableStreamArn;
}
