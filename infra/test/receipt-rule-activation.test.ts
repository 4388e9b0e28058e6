import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handle } from '../lib/constructs/receipt-rule-activation.cjs';

/** The account's one active rule set, as SES keeps it. */
class Account {
  constructor(public active: string | undefined) {}
  async activeRuleSet() {
    return this.active;
  }
  async activate(name: string | undefined) {
    this.active = name;
  }
}

interface Answer {
  Status: string;
  PhysicalResourceId: string;
  Reason?: string;
}

let answers: Answer[] = [];
let url = '';
const cloudFormation = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    answers.push(JSON.parse(body));
    response.end();
  });
});

beforeEach(async () => {
  answers = [];
  await new Promise<void>((listening) => cloudFormation.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}/`;
});
afterEach(() => new Promise((closed) => cloudFormation.close(closed)));

/** Whole numbers below a bound, the same ones for the same seed (a linear congruential generator). */
const randomFrom = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const event = (RequestType: string, more: object = {}) => ({
  RequestType,
  ResponseURL: url,
  StackId: 'stack',
  RequestId: 'request',
  LogicalResourceId: 'Activation',
  ResourceProperties: { RuleSetName: 'cis' },
  ...more,
});

describe('the activation of the receipt rule set', () => {
  it('activates ours where none is active', async () => {
    const account = new Account(undefined);
    await handle(event('Create'), account);
    expect(account.active).toBe('cis');
    expect(answers).toEqual([
      {
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'Activation',
        Status: 'SUCCESS',
        PhysicalResourceId: 'cis',
      },
    ]);
  });

  it('takes over what somebody activated by hand', async () => {
    const account = new Account('cis');
    await handle(event('Create'), account);
    expect([account.active, answers[0]?.Status]).toEqual(['cis', 'SUCCESS']);
  });

  it('leaves another rule set active and says what to do: its mail would stop', async () => {
    const account = new Account('of-somebody-else');
    await handle(event('Create'), account);
    expect(account.active).toBe('of-somebody-else');
    expect(answers[0]).toMatchObject({
      Status: 'FAILED',
      // Ours cannot be activated by hand instead: CloudFormation deletes it when it takes the failed deployment back.
      Reason:
        'Receipt rule set of-somebody-else is active in this account and region. When its mail may stop, deactivate it ' +
        '(aws ses set-active-receipt-rule-set, without a name), then deploy again: docs/operations.md.',
    });
  });

  it('takes the next try once that set is deactivated, as it says', async () => {
    const account = new Account('of-somebody-else');
    await handle(event('Create'), account);
    // CloudFormation takes back what failed.
    await handle(event('Delete', { PhysicalResourceId: 'cis' }), account);
    await account.activate(undefined);
    await handle(event('Create'), account);
    expect([account.active, answers.at(-1)?.Status]).toEqual(['cis', 'SUCCESS']);
  });

  it('follows a change of our own name', async () => {
    const account = new Account('cis-before');
    await handle(
      event('Update', { OldResourceProperties: { RuleSetName: 'cis-before' }, PhysicalResourceId: 'cis-before' }),
      account,
    );
    expect([account.active, answers[0]?.PhysicalResourceId]).toEqual(['cis', 'cis']);
  });

  it('deactivates ours when the stack goes', async () => {
    const account = new Account('cis');
    await handle(event('Delete', { PhysicalResourceId: 'cis' }), account);
    expect([account.active, answers[0]?.Status]).toEqual([undefined, 'SUCCESS']);
  });

  it('does not deactivate what is not ours any more', async () => {
    const account = new Account('successor');
    await handle(event('Delete', { PhysicalResourceId: 'cis' }), account);
    expect([account.active, answers[0]?.Status]).toEqual(['successor', 'SUCCESS']);
  });

  it('tells CloudFormation when SES does not answer, so that the deployment does not hang', async () => {
    const account = new Account(undefined);
    account.activeRuleSet = () => Promise.reject(new Error('SES is down'));
    await handle(event('Create'), account);
    expect(answers[0]).toMatchObject({ Status: 'FAILED', Reason: 'SES is down', PhysicalResourceId: 'cis' });
  });

  it('in whatever order it and others act, touches no set but ours', async () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = randomFrom(seed);
      const account = new Account(random(2) === 0 ? undefined : 'of-somebody-else');
      for (let step = 0; step < 12; step += 1) {
        const before = account.active;
        switch (random(5)) {
          case 0:
            account.active = ['of-somebody-else', 'of-another', undefined][random(3)];
            break;
          case 1:
            // By hand, while the stack stands.
            account.active = 'cis';
            break;
          case 2:
            await handle(event('Delete', { PhysicalResourceId: 'cis' }), account);
            expect(account.active, `seed ${seed}, step ${step}`).toBe(before === 'cis' ? undefined : before);
            break;
          default: {
            const old = random(2) === 0 ? {} : { OldResourceProperties: { RuleSetName: 'cis' } };
            await handle(event(random(2) === 0 ? 'Create' : 'Update', old), account);
            const free = before === undefined || before === 'cis';
            expect(account.active, `seed ${seed}, step ${step}`).toBe(free ? 'cis' : before);
            expect(answers.at(-1)?.Status).toBe(free ? 'SUCCESS' : 'FAILED');
          }
        }
      }
    }
  });

  it('fits into a template', () => {
    const code = readFileSync(new URL('../lib/constructs/receipt-rule-activation.cjs', import.meta.url), 'utf8');
    expect(code.length).toBeLessThan(4096);
  });
});
