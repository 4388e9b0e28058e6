import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { STAGES, type Tenant } from '../../config/schema.ts';

const BIOME = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url));

/** The tenant's file, formatted like all of them. */
export function tenantFileText(tenant: Tenant): string {
  const { name, domain, stages, brand, ...rest } = tenant;
  const text = [
    "import type { TenantFile } from '../schema.ts';",
    '',
    `export const ${name} = {`,
    `name: ${JSON.stringify(name)},`,
    `domain: ${JSON.stringify(domain)},`,
    'stages: {',
    ...STAGES.filter((stage) => stages[stage]).map((stage) => `${stage}: ${JSON.stringify(stages[stage])},`),
    '},',
    'brand: {',
    ...Object.entries(brand).map(([key, value]) => `${key}: ${JSON.stringify(value)},`),
    '},',
    ...Object.entries(rest).map(([key, value]) => `${key}: ${JSON.stringify(value)},`),
    '} satisfies TenantFile;',
  ].join('\n');
  return execFileSync(BIOME, ['format', '--stdin-file-path', `${name}.ts`], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    input: text,
    encoding: 'utf8',
  });
}
