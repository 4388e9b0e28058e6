import { Validations } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { FunctionSpec } from '../functions.ts';
import type { Names } from '../names.ts';
import { alarmsAgainstReleaseOf } from './alarms.ts';

/** The version that triggers call. */
export const LIVE = 'live';

/** `at-once` is for a release that mends what rings: its alarms would send it back. */
export const RELEASES = ['gradual', 'at-once'] as const;
export type Release = (typeof RELEASES)[number];

/**
 * New code of a stack's functions takes over a tenth of the calls each minute. When a function's errors, failures, dead
 * letters, the age of what waits, or the API's errors ring meanwhile, CodeDeploy gives all calls back to the version before and the deployment fails.
 * The alarms are in the Watch stack, which comes later, and are named: a first deployment shifts nothing.
 */
export class GradualRelease extends Construct {
  private readonly application: LambdaApplication;
  private readonly role: Role;
  private readonly rights: Policy;

  constructor(
    scope: Construct,
    part: string,
    private readonly names: Names,
    private readonly release: Release,
  ) {
    super(scope, 'Release');
    this.application = new LambdaApplication(this, 'Application', { applicationName: names.of(part) });
    this.role = new Role(this, 'Role', {
      roleName: names.of(`${part}-release`),
      description: `CodeDeploy shifts calls to new versions of the functions of ${names.table}`,
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
    });
    const functions = names.everyFunctionArn;
    const alarms = names.everyAlarmArn;
    this.rights = new Policy(this, 'Rights', {
      policyName: 'rights',
      roles: [this.role],
      statements: [
        new PolicyStatement({
          sid: 'Shift',
          actions: ['lambda:GetAlias', 'lambda:UpdateAlias', 'lambda:GetProvisionedConcurrencyConfig'],
          resources: [functions],
        }),
        new PolicyStatement({ sid: 'Alarms', actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }),
      ],
    });
    for (const resource of [functions, alarms]) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${resource}]`,
        reason: 'Every function of this tenant’s stage and its alarms, and no other.',
      });
    }
  }

  /** The function as its triggers are to call it. */
  of(lambda: Lambda, spec: FunctionSpec): Alias {
    const alias = new Alias(lambda, 'Live', { aliasName: LIVE, version: lambda.currentVersion });
    const gradually = this.release === 'gradual';
    const group = new LambdaDeploymentGroup(this, spec.name, {
      application: this.application,
      deploymentGroupName: this.names.function(spec.name),
      alias,
      // The library would add a managed policy, which may touch every function of the account.
      role: this.role.withoutPolicyUpdates(),
      deploymentConfig: gradually
        ? LambdaDeploymentConfig.LINEAR_10PERCENT_EVERY_1MINUTE
        : LambdaDeploymentConfig.ALL_AT_ONCE,
      alarms: gradually ? this.alarmsOf(spec) : [],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: gradually },
    });
    group.node.addDependency(this.rights);
    return alias;
  }

  private alarmsOf(spec: FunctionSpec): ReturnType<typeof Alarm.fromAlarmArn>[] {
    return alarmsAgainstReleaseOf(spec).map((what) => {
      const name = this.names.alarm(what);
      return Alarm.fromAlarmArn(this, `${spec.name} ${name}`, this.names.alarmArn(name));
    });
  }
}
