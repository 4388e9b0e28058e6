import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for all that a run writes, gone with it: each synthesized app leaves a cloud assembly. */
export default function scratch(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cis-infra-'));
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
