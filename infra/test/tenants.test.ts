import { describe, expect, it } from 'vitest';
import { STAGES } from '../config/schema.ts';
import { eitherWayIn, Platform, renamed } from './platform.ts';

const globex = renamed(eitherWayIn, 'globex');
const platform = new Platform(STAGES, [eitherWayIn, globex]);

const PARTS = ['data', 'mail', 'api', 'pipeline', 'watch'];

const each = STAGES.flatMap((stage) => PARTS.map((part) => ({ stage, part })));

describe('two tenants of the same settings', () => {
  it.each(each)('have stacks $stage-$part that differ in names only', ({ stage, part }) => {
    const ours = JSON.stringify(platform.template(`cis-${stage}-acme-${part}`));
    const theirs = JSON.stringify(platform.template(`cis-${stage}-globex-${part}`));
    expect(theirs).not.toBe(ours);
    // A short difference rather than two whole templates.
    expect(firstDifference(unnamed(theirs), unnamed(ours))).toBeUndefined();
  });

  it.each(each)('name nothing of each other in $stage-$part', ({ stage, part }) => {
    expect(mentions(`cis-${stage}-acme-${part}`, /[^"]*globex[^"]*/g)).toEqual([]);
    expect(mentions(`cis-${stage}-globex-${part}`, /[^"]*acme[^"]*/g)).toEqual([]);
  });
});

describe('the stages of one tenant', () => {
  it.each(each)('name nothing of each other in $stage-$part', ({ stage, part }) => {
    const others = STAGES.filter((one) => one !== stage).join('|');
    expect(mentions(`cis-${stage}-acme-${part}`, new RegExp(`cis-(${others})-[^"]*`, 'g'))).toEqual([]);
  });
});

/** The id of a function's version is made from what it is, names included. */
const VERSION = /(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g;

/** The id of what lets the API ask its authorizer is made from the stack's path. */
const PERMISSION = /(Apicallers)[0-9A-F]{8}(Permission)[0-9A-F]{8}/g;

/** A budget's name ends with a digest of whom it tells. */
const BUDGET = /("BudgetName":"cis-[a-z-]+-)[0-9a-f]{8}"/g;

/** The id of an alarm's subscription is made from the address and its hash, for one removed must not move another. */
function unnamed(template: string): string {
  return template
    .replaceAll('globex', 'acme')
    .replace(/"(Alarms[a-z]+)[0-9A-F]{8}"/g, '"$1"')
    .replace(PERMISSION, '$1$2')
    .replace(BUDGET, '$1"')
    .replace(VERSION, '$1');
}

function mentions(stack: string, pattern: RegExp): string[] {
  return JSON.stringify(platform.template(stack)).match(pattern) ?? [];
}

function firstDifference(one: string, other: string): string | undefined {
  if (one === other) return undefined;
  const at = [...one].findIndex((letter, index) => letter !== other[index]);
  return `…${one.slice(Math.max(0, at - 80), at + 80)}… and …${other.slice(Math.max(0, at - 80), at + 80)}…`;
}
