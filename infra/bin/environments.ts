import { tenants } from '../config/tenants.ts';
import { releaseEnvironments } from '../lib/release-environments.ts';

/** Where releases go, as JSON: for the bundle, and for workflows that do something in each place. */
process.stdout.write(`${JSON.stringify(releaseEnvironments(tenants))}\n`);
