import { createInterface } from 'node:readline/promises';
import { runTenant, UsageError } from '../lib/tenants/command.ts';

/** `scripts/tenant`. */
const terminal = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : undefined;
const print = (text: string) => {
  process.stdout.write(text);
};
try {
  await runTenant(process.argv.slice(2), {
    folder: new URL('../config/tenants/', import.meta.url),
    print,
    ...(terminal && { person: { ask: (question) => terminal.question(question), tell: print } }),
  });
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
} finally {
  terminal?.close();
}
