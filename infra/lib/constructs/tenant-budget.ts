import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import type { Construct } from 'constructs';
import { type Names, PLACE_TAG } from '../names.ts';

/** Four fifths spent is worth a look; all of it foreseen is worth a talk. */
const TOLD_AT = [
  { notificationType: 'ACTUAL', threshold: 80 },
  { notificationType: 'FORECASTED', threshold: 100 },
];

/** What one tenant's stage may cost a month, by its tag, and who hears of it by mail. */
export function tenantBudget(scope: Construct, names: Names, monthlyUsd: number, emails: readonly string[]): CfnBudget {
  return new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: names.budget,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      costFilters: { TagKeyValue: [`user:${PLACE_TAG}$${names.place}`] },
    },
    notificationsWithSubscribers:
      emails.length === 0
        ? []
        : TOLD_AT.map((told) => ({
            notification: { ...told, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
            subscribers: emails.map((address) => ({ subscriptionType: 'EMAIL', address })),
          })),
  });
}
