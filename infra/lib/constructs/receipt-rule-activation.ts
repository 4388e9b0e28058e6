import { readFileSync } from 'node:fs';
import { CustomResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, Code, Function as Lambda, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ReceiptRuleSet } from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import { ACCOUNT_STACK } from '../names.ts';

/** Makes the rule set the account's active one, which CloudFormation itself cannot. */
export class ReceiptRuleActivation extends Construct {
  constructor(scope: Construct, ruleSet: ReceiptRuleSet) {
    super(scope, 'ReceiptRuleActivation');
    const { account, region } = Stack.of(this);
    const name = `${ACCOUNT_STACK}-activate-receipt-rules`;
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${name}`,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const streams = `arn:aws:logs:${region}:${account}:log-group:/aws/lambda/${name}:*`;
    const rights = new Policy(this, 'Rights', {
      roles: [role],
      statements: [
        new PolicyStatement({
          sid: 'Logs',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [streams],
        }),
        new PolicyStatement({
          sid: 'Traces',
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
          resources: ['*'],
        }),
        new PolicyStatement({
          sid: 'ActiveRuleSet',
          actions: ['ses:DescribeActiveReceiptRuleSet', 'ses:SetActiveReceiptRuleSet'],
          resources: ['*'],
        }),
      ],
    });
    Validations.of(this).acknowledge(
      {
        id: `AwsSolutions-IAM5[Resource::${streams}]`,
        reason: 'The log streams inside the function’s own log group are named by Lambda.',
      },
      {
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'SES knows no resource for which rule set is active, and X-Ray none at all: their actions accept only *.',
      },
    );
    const activate = new Lambda(this, 'Lambda', {
      functionName: name,
      description: 'Activates the receipt rule set; deactivates it on delete if it is still ours.',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromInline(readFileSync(new URL('./receipt-rule-activation.cjs', import.meta.url), 'utf8')),
      timeout: Duration.seconds(30),
      role,
      logGroup,
    });
    (activate.node.defaultChild as CfnFunction).tracingConfig = { mode: Tracing.ACTIVE };
    const activation = new CustomResource(this, 'Activation', {
      resourceType: 'Custom::ReceiptRuleActivation',
      serviceToken: activate.functionArn,
      serviceTimeout: Duration.minutes(2),
      properties: { RuleSetName: ruleSet.receiptRuleSetName },
    });
    activation.node.addDependency(ruleSet, rights);
  }
}
