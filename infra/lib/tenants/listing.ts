import { mailDomainOf, STAGES, type Tenant } from '../../config/schema.ts';

/** One line a tenant and stage, for people. */
export function listed(tenants: readonly Tenant[]): string {
  const rows = tenants.flatMap((tenant) =>
    STAGES.flatMap((stage) => {
      const place = tenant.stages[stage];
      return place ? [[tenant.name, stage, mailDomainOf(tenant, place), place.account, place.region]] : [];
    }),
  );
  return aligned([['TENANT', 'STAGE', 'MAIL DOMAIN', 'ACCOUNT', 'REGION'], ...rows]);
}

/** Columns as wide as their longest word. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((word, column) => word.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}
