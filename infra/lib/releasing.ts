import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Releases } from '../config/releases.ts';
import { STAGES, type StageName, type Tenant } from '../config/schema.ts';
import { Names } from './names.ts';
import { ReleasePipelineStack } from './stacks/release-pipeline.ts';
import { type ReleasedTenants, ReleaseRolesStack } from './stacks/release-roles.ts';

interface Props {
  readonly releases: Releases;
  readonly tenants: readonly Tenant[];
}

/** What releases need before anything is deployed: roles in each account, and the pipeline where there is one. */
export function releasing(app: App, { releases, tenants }: Props): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  const places = new Map<string, Map<StageName, Names[]>>();
  for (const stage of STAGES.filter((one) => one !== 'local')) {
    for (const tenant of tenants) {
      const place = tenant.stages[stage];
      if (!place) continue;
      const key = `${place.account}-${place.region}`;
      const stages = places.get(key) ?? new Map<StageName, Names[]>();
      stages.set(stage, [...(stages.get(stage) ?? []), Names.of(stage, tenant, place)]);
      places.set(key, stages);
    }
  }

  const withProvider = new Set<string>();
  const deployed: ReleasedTenants[] = [];
  for (const [key, stages] of places) {
    const [account = '', ...rest] = key.split('-');
    const region = rest.join('-');
    new ReleaseRolesStack(app, `release-roles-${key}`, {
      account,
      region,
      releases,
      stages,
      // An account has one provider for GitHub, whatever its regions.
      makesProvider: !withProvider.has(account),
    });
    withProvider.add(account);
    for (const stage of stages.keys()) deployed.push({ stage, account, region });
  }
  if (releases.pipeline) {
    new ReleasePipelineStack(app, 'release-pipeline', { releases, pipeline: releases.pipeline, deployed });
  }
}
