import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

/** Every file of what CDK writes, by its place in it. */
const filesOf = (folder: string): Map<string, string> => {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      // The report of the rules names the folder it was written to.
      .filter((file) => !file.endsWith('validation-report.json'))
      .map((file) => [file.slice(folder.length), readFileSync(file, 'latin1')]),
  );
};

describe('describing the stacks', () => {
  it('comes to the same bytes each time', () => {
    const [first, second] = [1, 2].map(() => {
      const folder = mkdtempSync(join(tmpdir(), 'cdk-out-'));
      new Platform(['local', 'prod'], undefined, undefined, 'gradual', folder).app.synth();
      return filesOf(folder);
    });
    const names = [...(first?.keys() ?? [])];
    expect(names.filter((name) => name.endsWith('.template.json'))).toHaveLength(2 * 5 + 2);
    expect([...(second?.keys() ?? [])]).toEqual(names);
    for (const name of names) expect(second?.get(name) === first?.get(name), name).toBe(true);
  });
});
