import { STAGES, type StageName, type Tenant } from '../config/schema.ts';

/** An account and region that a stage is in, and GitHub's environment that deploys it there. */
export interface ReleaseEnvironment {
  readonly stage: StageName;
  readonly environment: string;
  readonly account: string;
  readonly region: string;
}

/**
 * All there are but the local stage's, in the order they are released. A stage in one account and region has one
 * environment of its own name; one that spans several has one for each, and each has that place's role and reviewers.
 */
export function releaseEnvironments(tenants: readonly Tenant[]): ReleaseEnvironment[] {
  return STAGES.filter((stage) => stage !== 'local').flatMap((stage) => {
    const places = new Map<string, { account: string; region: string }>();
    for (const { stages } of tenants) {
      const place = stages[stage];
      if (place) places.set(`${place.account}-${place.region}`, { account: place.account, region: place.region });
    }
    return [...places].map(([key, place]) => ({
      stage,
      environment: places.size === 1 ? stage : `${stage}-${key}`,
      ...place,
    }));
  });
}
