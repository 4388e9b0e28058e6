import { createHash } from 'node:crypto';
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
  const notificationsWithSubscribers = toldOf(emails);
  const kind = { budgetType: 'COST', timeUnit: 'MONTHLY' };
  return new CfnBudget(scope, 'Budget', {
    budget: {
      budgetName: names.budget(digestOf({ ...kind, notificationsWithSubscribers })),
      ...kind,
      budgetLimit: { amount: monthlyUsd, unit: 'USD' },
      costFilters: { TagKeyValue: [`user:${PLACE_TAG}$${names.place}`] },
    },
    notificationsWithSubscribers,
  });
}

function toldOf(emails: readonly string[]): CfnBudget.NotificationWithSubscribersProperty[] {
  if (emails.length === 0) return [];
  return TOLD_AT.map((told) => ({
    notification: { ...told, comparisonOperator: 'GREATER_THAN', thresholdType: 'PERCENTAGE' },
    subscribers: emails.map((address) => ({ subscriptionType: 'EMAIL', address })),
  }));
}

/** CloudFormation replaces a budget when any of this changes: the next is made beside it, and needs a name of its own. */
function digestOf(replacing: object): string {
  return createHash('sha256').update(JSON.stringify(replacing)).digest('hex').slice(0, 8);
}
