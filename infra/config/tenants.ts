import { checkTenants } from './schema.ts';
import { acme } from './tenants/acme.ts';

/** Every tenant of the platform, checked. A new one: a file in `tenants/` and a line here. */
export const tenants = checkTenants([acme]);
