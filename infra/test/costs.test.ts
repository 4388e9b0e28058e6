import { Stack, TagManager } from 'aws-cdk-lib';
import type { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { describe, expect, it } from 'vitest';
import { TENANT } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';
import { tenantBudget } from '../lib/constructs/tenant-budget.ts';
import { Names } from '../lib/names.ts';
import { Platform } from './platform.ts';

const platform = new Platform(['local', 'prod']);
const budgets = (of: Platform) => of.resources('AWS::Budgets::Budget');

describe('what a tenant costs', () => {
  it('can be told apart: everything that takes a tag names tenant, stage and both', () => {
    // Tags are put on when the templates are written.
    platform.app.synth();
    const ours = platform.tree.filter((one) => one.stack.stackName.startsWith('cis-prod-acme-'));
    const tagged = ours.flatMap((one) => (TagManager.isTaggable(one) ? [{ one, tags: one.tags.tagValues() }] : []));
    expect(tagged.length).toBeGreaterThan(100);
    for (const { one, tags } of tagged) {
      const wanted = { 'cis:tenant': 'acme', 'cis:stage': 'prod', 'cis:place': 'prod-acme' };
      expect(tags, one.node.path).toEqual(wanted);
    }
  });

  it('is watched by a budget of that tag, of which those hear whom alarms tell', () => {
    const [budget] = budgets(platform);
    expect(budget?.Properties.Budget).toEqual({
      BudgetName: expect.stringMatching(/^cis-prod-acme-[0-9a-f]{8}$/),
      BudgetType: 'COST',
      TimeUnit: 'MONTHLY',
      BudgetLimit: { Amount: 200, Unit: 'USD' },
      CostFilters: { TagKeyValue: ['user:cis:place$prod-acme'] },
    });
    const told = budget?.Properties.NotificationsWithSubscribers;
    expect(
      told.map((one: { Notification: { NotificationType: string; Threshold: number } }) => one.Notification),
    ).toEqual([
      { NotificationType: 'ACTUAL', Threshold: 80, ComparisonOperator: 'GREATER_THAN', ThresholdType: 'PERCENTAGE' },
      {
        NotificationType: 'FORECASTED',
        Threshold: 100,
        ComparisonOperator: 'GREATER_THAN',
        ThresholdType: 'PERCENTAGE',
      },
    ]);
    for (const { Subscribers } of told) {
      expect(Subscribers).toEqual([{ SubscriptionType: 'EMAIL', Address: 'operations@acme.example' }]);
    }
  });

  it('is watched by a budget of another name once it is replaced, which is by whom it tells and not by how much', () => {
    const names = Names.of('prod', TENANT.parse(acme), acme.stages.prod);
    const nameOf = (usd: number, emails: string[]) => {
      const { budget } = tenantBudget(new Stack(), names, usd, emails);
      return (budget as CfnBudget.BudgetDataProperty).budgetName;
    };
    const before = budgets(platform)[0]?.Properties.Budget.BudgetName;
    expect(nameOf(300, acme.alarms.emails)).toBe(before);
    expect(nameOf(200, ['somebody.else@acme.example'])).not.toBe(before);
    expect(nameOf(200, [])).not.toBe(before);
  });

  it('is not watched on the local cloud', () => {
    expect(budgets(platform)).toHaveLength(1);
  });

  it('has a budget of its own for a stage that says so, and none where none is said', () => {
    const stages = { dev: { ...acme.stages.dev, monthlyBudgetUsd: 20 }, prod: acme.stages.prod };
    const [dev, ...more] = budgets(new Platform(['dev', 'prod'], [{ ...acme, monthlyBudgetUsd: null, stages }]));
    expect(dev?.Properties.Budget.BudgetLimit.Amount).toBe(20);
    expect(more).toEqual([]);
    const without = { dev: { ...acme.stages.dev, monthlyBudgetUsd: null } };
    expect(budgets(new Platform(['dev'], [{ ...acme, stages: without }]))).toEqual([]);
  });
});
