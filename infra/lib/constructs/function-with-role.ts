import { Duration, Validations } from 'aws-cdk-lib';
import { Effect, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type CfnFunction, type IFunction, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { CfnMetricFilter, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Tenant } from '../../config/schema.ts';
import { bundleAt } from '../bundle.ts';
import { type Cloud, removalPolicyOf } from '../cloud.ts';
import { environmentFor } from '../environment.ts';
import type { FunctionSpec } from '../functions.ts';
import { FAILURES, OWN_LETTERS_NOT_USED } from '../log-queries.ts';
import { METRICS, type Names } from '../names.ts';
import { retentionOf } from '../retention.ts';
import { rightsAt, statementFor } from '../rights.ts';
import type { GradualRelease } from './gradual-release.ts';

/** What every function of a tenant's stage shares. */
export interface Home {
  readonly names: Names;
  readonly tenant: Tenant;
  readonly cloud: Cloud;
  /** Directory or zip with the one binary. */
  readonly bundle: string;
  readonly tenantKeySecretArn: string;
  readonly shopSecretArn: string;
  readonly apiUrl?: string;
  readonly issuers?: string;
  /** Queues are not read. */
  readonly suspended: boolean;
  /** How new code takes over; at once where unset. */
  readonly release?: GradualRelease;
}

/**
 * A function, its log group, and a role that may do exactly what functions.json says: the statements are written out,
 * one for a right, because the library's grants are wider than what is used.
 */
export class FunctionWithRole extends Construct {
  /** What triggers call: the released version. */
  readonly live: IFunction;
  private readonly role: Role;
  private readonly policy: Policy;
  private readonly names: Names;

  constructor(
    scope: Construct,
    readonly spec: FunctionSpec,
    home: Home,
  ) {
    super(scope, 'Function');
    const { names, cloud, tenant } = home;
    this.names = names;
    const name = names.function(spec.name);
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: names.functionLogs(spec.name),
      retention: retentionOf(tenant),
      removalPolicy: removalPolicyOf(cloud),
    });

    const rights = rightsAt(tenant, spec);
    const count = (id: string, filterName: string, filterPattern: string, metricName: string) =>
      new CfnMetricFilter(this, id, {
        logGroupName: logGroup.logGroupName,
        filterName: names.of(filterName),
        filterPattern,
        // Without a default value the metric is there, and costs, only when something was counted.
        metricTransformations: [{ metricNamespace: METRICS, metricName, metricValue: '1' }],
      });
    // What fails is caught and answered, so that Lambda's own metric of errors knows nothing of it.
    count('Failures', `${spec.name}-failures`, FAILURES, names.failuresMetric(spec.name));
    if (rights.some(({ on }) => on === 'letters')) {
      count('OwnLettersNotUsed', `${spec.name}-own-letters`, OWN_LETTERS_NOT_USED, names.ownLettersMetric);
    }

    this.role = new Role(this, 'Role', {
      roleName: name,
      description: `Role of ${name}: ${spec.purpose}`.slice(0, 1000),
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    this.policy = new Policy(this, 'Rights', { policyName: 'rights', roles: [this.role] });
    const streams = names.logStreamsArn(names.functionLogs(spec.name));
    this.allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], streams);
    Validations.of(this).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${streams}]`,
      reason: 'The log streams inside the function’s own log group are named by Lambda.',
    });
    this.allow('Traces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray knows no resources: both actions accept only *.',
    });
    for (const right of rights) this.policy.addStatements(statementFor(right, names, home));
    if (spec.rights.some(({ on }) => on === 'inbox')) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${names.inboxObjectsArn}]`,
        reason: 'The mails in the inbox are objects named by SES.',
      });
    }
    for (const [on, objects] of [
      ['uploads', names.uploadedObjectsArn],
      ['lists', names.listObjectsArn],
      ['reports', names.reportObjectsArn],
    ]) {
      if (!spec.rights.some((right) => right.on === on)) continue;
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${objects}]`,
        reason: 'Each list or report is objects of its own, named by its event and its job.',
      });
    }

    const lambda = new Lambda(this, 'Lambda', {
      functionName: name,
      description: spec.purpose,
      runtime: Runtime.PROVIDED_AL2023,
      architecture: cloud.architecture,
      handler: spec.handler,
      code: bundleAt(home.bundle, cloud.architecture),
      timeout: Duration.seconds(spec.timeout_secs),
      memorySize: spec.memory_mb,
      environment: environmentFor(spec, home),
      role: this.role,
      logGroup,
    });
    // The library's own setting would write a second policy for the role.
    (lambda.node.defaultChild as CfnFunction).tracingConfig = { mode: Tracing.ACTIVE };
    this.live = home.release?.of(lambda, spec) ?? lambda;
  }

  /** Adds a statement that comes with the way the function is triggered. */
  allow(sid: string, actions: string[], resource: string): void {
    this.policy.addStatements(new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources: [resource] }));
  }

  /** For whatever makes AWS use the role at once: it has to have its rights by then. */
  get rights(): Policy {
    return this.policy;
  }

  get timeoutSecs(): number {
    return this.spec.timeout_secs;
  }

  get physicalName(): string {
    return this.names.function(this.spec.name);
  }
}
