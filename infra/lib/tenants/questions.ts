import type { z } from 'zod';
import { TENANT } from '../../config/schema.ts';

const { name, domain, brand, alarms } = TENANT.shape;

/** One thing a new tenant's file needs to be told, as a flag or, on a terminal, as a question. */
export interface Question {
  readonly flag: string;
  readonly asks: string;
  readonly example: string;
  readonly checkedBy: z.ZodType;
  /** Nothing need be said. */
  readonly optional?: true;
  /** What is taken where nothing is said, made of what has been said before. */
  readonly otherwise?: (said: Readonly<Record<string, string>>) => string | undefined;
}

/** In the order they are asked. Everything else has a default, which stands in the file for all to see. */
export const QUESTIONS: readonly Question[] = [
  { flag: 'name', asks: 'Short name, for ever', example: 'globex', checkedBy: name },
  { flag: 'domain', asks: 'Mail domain', example: 'globex.invites.example', checkedBy: domain },
  { flag: 'brand', asks: 'Name people see', example: '"Globex Events"', checkedBy: brand.shape.name },
  {
    flag: 'color',
    asks: 'Colour of the brand',
    example: '#1a73e8',
    checkedBy: brand.shape.color,
    otherwise: () => '#1a73e8',
  },
  { flag: 'site', asks: 'Web site', example: 'https://www.globex.example', checkedBy: brand.shape.site },
  {
    flag: 'support',
    asks: 'Whom people ask for help',
    example: 'support@globex.example',
    checkedBy: brand.shape.support,
    otherwise: ({ domain: known }) => known && `support@${known}`,
  },
  {
    flag: 'alarms',
    asks: 'Whom alarms are mailed to',
    example: 'operations@globex.example',
    checkedBy: alarms.shape.emails.element,
    otherwise: ({ support }) => support,
  },
  {
    flag: 'runbook',
    asks: 'Where your people read docs/operations.md, to which alarms link, or nothing',
    example: 'https://wiki.globex.example',
    checkedBy: alarms.shape.runbook,
    optional: true,
  },
];

/** Why an answer cannot be taken; nothing where it can. */
export function refusal({ checkedBy, asks, optional }: Omit<Question, 'flag'>, answer: string): string | undefined {
  if (optional && answer === '') return undefined;
  const result = checkedBy.safeParse(answer);
  if (result.success) return undefined;
  if (answer === '') return `${asks}: is missing`;
  return `${asks}: ${result.error.issues[0]?.message ?? 'cannot be taken'}, not ${JSON.stringify(answer)}`;
}
