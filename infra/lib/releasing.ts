import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Releases } from '../config/releases.ts';
import type { Tenant } from '../config/schema.ts';
import { Names } from './names.ts';
import { releaseEnvironments } from './release-environments.ts';
import { ReleasePipelineStack } from './stacks/release-pipeline.ts';
import { type Released, ReleaseRolesStack } from './stacks/release-roles.ts';

interface Props {
  readonly releases: Releases;
  readonly tenants: readonly Tenant[];
}

/** What releases need before anything is deployed: roles in each account, and the pipeline where there is one. */
export function releasing(app: App, { releases, tenants }: Props): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

  const deployed = releaseEnvironments(tenants);
  const places = new Map<string, Released[]>();
  for (const one of deployed) {
    const { stage, account, region } = one;
    const here = tenants.flatMap((tenant) => {
      const place = tenant.stages[stage];
      return place?.account === account && place.region === region ? [Names.of(stage, tenant, place)] : [];
    });
    const key = `${account}-${region}`;
    places.set(key, [...(places.get(key) ?? []), { ...one, tenants: here }]);
  }

  // An account has one provider for GitHub, whatever its regions; some have it already, of somebody else's making.
  const withProvider = new Set<string>(releases.accountsWithProvider);
  for (const [key, released] of places) {
    const [{ account, region }] = released as [Released, ...Released[]];
    const makesProvider = !withProvider.has(account);
    new ReleaseRolesStack(app, `release-roles-${key}`, { account, region, releases, released, makesProvider });
    withProvider.add(account);
  }
  if (releases.pipeline) {
    new ReleasePipelineStack(app, 'release-pipeline', { releases, pipeline: releases.pipeline, deployed });
  }
}
