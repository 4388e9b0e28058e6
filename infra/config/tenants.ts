import { checkTenants } from './check.ts';
import { readTenantFiles } from './tenant-files.ts';

/** Every tenant of the platform, checked. A new one: a file in `tenants/`, which `scripts/tenant new` writes. */
export const tenants = checkTenants(await readTenantFiles(new URL('tenants/', import.meta.url)));
