import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Tenant } from '../config/schema.ts';

/** The configuration accepts only the numbers of days CloudWatch knows; the library's enumeration is those numbers. */
export function retentionOf(tenant: Tenant): RetentionDays {
  return tenant.retentionDays.logs as RetentionDays;
}
