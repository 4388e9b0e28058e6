import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Candidate } from './check.ts';

const CHECKOUT = new URL('../../', import.meta.url);

/** Every file in the folder: TypeScript that exports one tenant, or JSON after the published schema. */
export function readTenantFiles(folder: URL): Promise<Candidate[]> {
  const names = readdirSync(folder)
    .filter((name) => /\.(ts|json)$/.test(name))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const place = new URL(name, folder);
      const file = relative(fileURLToPath(CHECKOUT), fileURLToPath(place));
      return { file, tenant: name.endsWith('.json') ? readJson(place, file) : await readTypeScript(place, file) };
    }),
  );
}

function readJson(place: URL, file: string): unknown {
  try {
    const { $schema: _, ...tenant } = JSON.parse(readFileSync(place, 'utf8'));
    return tenant;
  } catch (error) {
    throw new Error(`${file}: is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

async function readTypeScript(place: URL, file: string): Promise<unknown> {
  const exported = Object.values(await import(place.href));
  if (exported.length !== 1)
    throw new Error(`${file}: exports ${exported.length} things; export the tenant and nothing else`);
  return exported[0];
}
