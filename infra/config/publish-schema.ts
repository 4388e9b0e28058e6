import { writeFileSync } from 'node:fs';
import { tenantJsonSchema } from './json-schema.ts';

/** `npm run schema`: writes the JSON Schema of a tenant beside the one it is made from. */
writeFileSync(new URL('tenant.schema.json', import.meta.url), `${JSON.stringify(tenantJsonSchema(), null, 2)}\n`);
