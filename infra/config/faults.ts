import type { z } from 'zod';
import { allowedIn, keysOf, type Piece, pieceAt, tenantJsonSchema } from './json-schema.ts';

const SCHEMA = tenantJsonSchema();
const VALUE_SHOWN = 60;

/** What is wrong, where, and what is allowed there: `limits.invitesPerEvent: must be a whole number …, not 0`. */
export function faultsIn(error: z.ZodError, tenant: unknown): string[] {
  return error.issues.flatMap((issue) => {
    const piece = pieceAt(SCHEMA, issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(
        (key) => `${[...issue.path, key].join('.')}: there is no such setting; ${known(key, piece)}`,
      );
    }
    const where = issue.path.join('.');
    const value = valueAt(tenant, issue.path);
    if (value === undefined) return [`${where}: is missing; it ${expected(issue, piece)}`];
    return [`${where}: ${expected(issue, piece)}${shown(value)}`];
  });
}

/** What is said of a pattern says more than the pattern. */
function expected(issue: z.core.$ZodIssue, piece: Piece | undefined): string {
  const said = issue.code === 'invalid_format' || issue.code === 'custom' ? issue.message : undefined;
  return said ?? (piece ? `must be ${allowedIn(piece)}` : issue.message);
}

function known(key: string, piece: Piece | undefined): string {
  const keys = piece ? keysOf(piece) : [];
  const near = keys.find((one) => distance(one.toLowerCase(), key.toLowerCase()) <= 2);
  return near ? `did you mean ${near}?` : `there are ${keys.join(', ')}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > VALUE_SHOWN || typeof value === 'object' ? '' : `, not ${text}`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

/** How many letters have to be changed, added or left out to make one word of the other. */
function distance(one: string, other: string): number {
  let row = [...other, ''].map((_, column) => column);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, wanted] of [...other].entries()) {
      const changed = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
