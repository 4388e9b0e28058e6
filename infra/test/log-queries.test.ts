import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAILURES, LOG_QUERIES, OWN_LETTERS_NOT_USED, WHICH } from '../lib/log-queries.ts';
import { functions, Platform } from './platform.ts';

/** A line of each kind, as the functions write them: a test of theirs keeps the file. */
const lines: Record<string, unknown>[] = readFileSync(new URL('../../golden/log-lines.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));

/** `span.event.id`, as CloudWatch calls what stands inside. */
const fieldsOf = (line: object, before = ''): string[] =>
  Object.entries(line).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null ? fieldsOf(value, `${before}${key}.`) : [`${before}${key}`],
  );
const written = new Set(lines.flatMap((line) => fieldsOf(line)));

/** The language itself. */
const WORDS = new Set(
  'fields filter stats sort limit by as asc desc and or in like count latest bin ispresent'.split(' '),
);

/** The names a query asks for, without texts, patterns, numbers, and names it gives itself. */
const asked = (query: string): string[] => {
  const bare = query.replace(/"[^"]*"/g, ' ').replace(/\/[^/\n]*\//g, ' ');
  const given = new Set([...bare.matchAll(/\bas (\w+)/g)].map(([, name]) => name));
  const words = bare.match(/@?[a-z_]+(\.[a-z_]+)*/gi) ?? [];
  return words.filter((word) => !WORDS.has(word) && !given.has(word) && !/\d/.test(word));
};

describe('the queries to the logs', () => {
  it.each(LOG_QUERIES)('$name: ask for what functions write', ({ query }) => {
    const names = asked(query.replace(/bin\(\d+m\)/, 'bin'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      if (name.startsWith('@')) expect(['@timestamp', '@log', '@message']).toContain(name);
      else expect([...written]).toContain(name);
    }
  });

  it('find the line by which an alarm knows that own letters are not used, and no other', () => {
    const [, field = ''] = OWN_LETTERS_NOT_USED.match(/^\{ \$\.([a-z]+) = "\*" \}$/) ?? [];
    expect(lines.filter((line) => field in line)).toEqual([expect.objectContaining({ level: 'ERROR' })]);
  });

  it('find the lines by which an alarm knows that something failed, and not the letters that are ours', () => {
    const [, field = '', value, absent = ''] =
      FAILURES.match(/^\{ \(\$\.([a-z]+) = "([A-Z]+)"\) && \(\$\.([a-z]+) NOT EXISTS\) \}$/) ?? [];
    const found = lines.filter((line) => line[field] === value && !(absent in line));
    expect(found.map(({ message }) => message)).toEqual([
      'the message stays in the queue',
      'a message made the program panic',
    ]);
  });

  it('know a name that no line has', () => {
    expect(asked('filter span.mail.ids = "ID" | stats count(*) as mails by outcome')).toEqual([
      'span.mail.ids',
      'outcome',
    ]);
    expect(written).not.toContain('span.mail.ids');
  });

  it('say where to put in which mail or event it is about', () => {
    const [way] = LOG_QUERIES;
    expect(way?.query.match(new RegExp(`"${WHICH}"`, 'g'))).toHaveLength(3);
  });

  it('are saved for each tenant’s stage, over the logs of all its functions; CloudWatch takes 50', () => {
    for (const stage of ['dev', 'prod'] as const) {
      const saved = new Platform([stage]).resources('AWS::Logs::QueryDefinition', `cis-${stage}-acme-watch`);
      expect(saved.map(({ Properties }) => Properties.Name)).toEqual(
        LOG_QUERIES.map(({ name }) => `cis-${stage}-acme/${name}`),
      );
      const groups = functions.all.map(({ name }) => `/aws/lambda/cis-${stage}-acme-${name}`);
      expect(groups.length).toBeLessThanOrEqual(50);
      for (const { Properties } of saved) expect(Properties.LogGroupNames).toEqual(groups);
    }
  });
});
