import { z } from 'zod';
import { TENANT } from './schema.ts';

/** A piece of the JSON Schema, as far as it is read here. */
export interface Piece {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Piece>>;
  readonly propertyNames?: Piece;
  readonly additionalProperties?: Piece | false;
  readonly items?: Piece;
  readonly anyOf?: readonly Piece[];
}

/** The configuration of a tenant as other tools check it: editors, portals that write the file, other languages. */
export function tenantJsonSchema(): Piece & Record<string, unknown> {
  const { $schema, type, properties, ...rest } = z.toJSONSchema(TENANT, { io: 'input' });
  return {
    $schema,
    title: 'A tenant of the Calendar Invite Server',
    description: 'One file a tenant, in infra/config/tenants; docs/tenants.md tells how to make one.',
    type,
    properties: { $schema: { type: 'string', description: 'Where this schema is, for editors.' }, ...properties },
    ...rest,
  } as Piece & Record<string, unknown>;
}

/** The piece that speaks of what stands at a path; nothing where the schema has no such place. */
export function pieceAt(schema: Piece, path: readonly PropertyKey[]): Piece | undefined {
  let piece: Piece | undefined = schema;
  for (const step of path) {
    piece =
      typeof step === 'number'
        ? piece?.items
        : (piece?.properties?.[String(step)] ?? (piece?.additionalProperties || undefined));
  }
  return piece;
}

/** What may stand there, in words that follow `must be`. */
export function allowedIn(piece: Piece): string {
  if (piece.anyOf) return piece.anyOf.map(allowedIn).join(' or ');
  if (piece.enum) return `one of ${piece.enum.map((value) => JSON.stringify(value)).join(', ')}`;
  switch (piece.type) {
    case 'integer':
      return `a whole number${bounds(piece)}`;
    case 'number':
      return `a number${bounds(piece)}`;
    case 'string':
      return `text${lengths(piece)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return `a list${piece.maxItems === undefined ? '' : ` of at most ${piece.maxItems}`}`;
    case 'object':
      return `an object with ${keysOf(piece).join(', ')}`;
  }
  throw new Error(`the schema has a piece nobody has words for: ${JSON.stringify(piece)}`);
}

export function keysOf(piece: Piece): string[] {
  return piece.properties ? Object.keys(piece.properties) : (piece.propertyNames?.enum ?? []).map(String);
}

function bounds({ minimum, exclusiveMinimum, maximum }: Piece): string {
  const said = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    // Above that a number is not exact any more; nobody meant it as a limit.
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`at most ${maximum}`]),
  ];
  return said.length === 0 ? '' : `, ${said.join(' and ')}`;
}

function lengths({ minLength, maxLength }: Piece): string {
  return maxLength === undefined ? '' : ` of ${minLength ?? 0} to ${maxLength} characters`;
}
