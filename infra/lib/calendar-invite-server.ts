import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { STAGES, type StageName, type Tenant } from '../config/schema.ts';
import { cloudOf } from './cloud.ts';
import { RELEASES, type Release } from './constructs/gradual-release.ts';
import type { Functions } from './functions.ts';
import { AccountStack } from './stacks/account.ts';
import { TenantStage } from './tenant-stage.ts';

interface Props {
  readonly tenants: readonly Tenant[];
  readonly functions: Functions;
  readonly bundle: string;
  /** Only these stages; all where unset. */
  readonly stages?: readonly StageName[];
  /** How new code takes over; bit by bit where unset. */
  readonly release?: Release;
}

/** The whole platform: an account stack for each account and region, then for each stage, for each tenant its stacks. */
export function calendarInviteServer(
  app: App,
  { tenants, functions, bundle, stages = STAGES, release = 'gradual' }: Props,
): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  const accounts = new Set<string>();
  for (const stage of stages) {
    for (const tenant of tenants) {
      const place = tenant.stages[stage];
      if (!place) continue;
      const { account, region } = place;
      const id = `account-${account}-${region}`;
      if (!accounts.has(id)) new AccountStack(app, id, { account, region, cloud: cloudOf(stage) });
      accounts.add(id);
      new TenantStage(app, { stage, tenant, place, functions, bundle, release });
    }
  }
  if (accounts.size === 0) throw new Error(`No tenant has a stage ${stages.join(' or ')}`);
}

/** Reads `-c stage=…`: one stage, or several with commas. */
export function chosenStages(choice: unknown): readonly StageName[] | undefined {
  if (choice === undefined) return undefined;
  return String(choice)
    .split(',')
    .map((name) => {
      const stage = STAGES.find((known) => known === name);
      if (stage) return stage;
      throw new Error(`-c stage=${String(choice)}: there is no stage "${name}"; there are ${STAGES.join(', ')}`);
    });
}

/** Reads `-c release=…`. */
export function chosenRelease(choice: unknown): Release | undefined {
  if (choice === undefined) return undefined;
  const release = RELEASES.find((known) => known === choice);
  if (release) return release;
  throw new Error(`-c release=${String(choice)}: there is no such way; there are ${RELEASES.join(', ')}`);
}
