import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { BuildSpec, ComputeType, LinuxArmBuildImage, PipelineProject, type Project } from 'aws-cdk-lib/aws-codebuild';
import { CfnPipeline } from 'aws-cdk-lib/aws-codepipeline';
import { DetailType, NotificationRule } from 'aws-cdk-lib/aws-codestarnotifications';
import { type IRole, Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Releases } from '../../config/releases.ts';
import { KEPT } from '../cloud.ts';
import { BUILD_TWICE, BUILT, RUNTIMES } from '../release-build.ts';
import type { ReleaseEnvironment } from '../release-environments.ts';
import { deployRoleName, pipelineRoleName } from './release-roles.ts';

const PIPELINE = 'cis-release';
const SOURCE = 'Source';
const BUNDLE = 'Bundle';
interface Props {
  readonly releases: Releases;
  readonly pipeline: NonNullable<Releases['pipeline']>;
  /** Each stage with each account and region it is in, in the order they are released. */
  readonly deployed: readonly ReleaseEnvironment[];
}

interface Step {
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly minutes: number;
  readonly computeType?: ComputeType;
  readonly variables: Record<string, string>;
  readonly commands: readonly string[];
  readonly artifacts?: Record<string, unknown>;
  readonly rights: PolicyStatement[];
}

/**
 * A release without GitHub Actions: the pushed tag is built once on arm64, and the same bytes go from stage to stage,
 * each verified, conversed with and rolled back by the same script the workflows call.
 */
export class ReleasePipelineStack extends Stack {
  private readonly key: Key;
  private readonly artifacts: Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Props,
  ) {
    const { account, region, emails } = props.pipeline;
    super(scope, id, {
      stackName: PIPELINE,
      description: 'Calendar Invite Server: builds and releases what is tagged',
      env: { account, region },
      terminationProtection: true,
    });
    this.key = new Key(this, 'Key', {
      alias: PIPELINE,
      description: 'What releases are made of, and who is told of them',
      enableKeyRotation: true,
      removalPolicy: KEPT,
    });
    this.artifacts = this.artifactsBucket();
    const build = this.step(this.building());
    const deploys = props.deployed.map((one) => ({ ...one, project: this.step(this.deploying(one)) }));
    const pipeline = this.pipeline(build, deploys);
    this.notify(pipeline, emails);
  }

  private artifactsBucket(): Bucket {
    const { account, region } = this.props.pipeline;
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: KEPT,
    };
    const logs = new Bucket(this, 'AccessLogs', {
      ...common,
      bucketName: `${PIPELINE}-logs-${account}-${region}`,
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    return new Bucket(this, 'Artifacts', {
      ...common,
      bucketName: `${PIPELINE}-artifacts-${account}-${region}`,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      versioned: true,
      serverAccessLogsBucket: logs,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(7) }],
    });
  }

  private building(): Step {
    return {
      name: 'build',
      roleName: `${PIPELINE}-build`,
      description: 'Builds the bundle of a tag, once',
      // Twice.
      minutes: 150,
      computeType: ComputeType.LARGE,
      variables: {},
      commands: BUILD_TWICE,
      artifacts: { files: ['*.tar.gz', '*.sha256'], 'base-directory': BUILT },
      rights: [this.connection()],
    };
  }

  private deploying({ stage, account, region }: ReleaseEnvironment): Step {
    return {
      name: `deploy-${stage}-${account}-${region}`,
      roleName: pipelineRoleName(stage),
      description: `Deploys a bundle to ${stage} in ${account}, ${region}`,
      // As long as GitHub lets a job run: what is cut off is not rolled back.
      minutes: 350,
      variables: {
        STAGE: stage,
        AWS_REGION: region,
        CIS_CONVERSATION_FROM: this.props.releases.conversationFrom,
        DEPLOY_ROLE: `arn:aws:iam::${account}:role/${deployRoleName(stage, region)}`,
      },
      commands: [
        '(cd "$CODEBUILD_SRC_DIR_Bundle" && sha256sum --check *.sha256)',
        'mkdir -p "$HOME/.aws"',
        'printf "[profile stage]\\nrole_arn = %s\\ncredential_source = EcsContainer\\n" "$DEPLOY_ROLE" > "$HOME/.aws/config"',
        'AWS_PROFILE=stage scripts/release deploy "$CODEBUILD_SRC_DIR_Bundle"/*.tar.gz "$STAGE"',
      ],
      rights: [
        this.connection(),
        new PolicyStatement({
          sid: 'Deploy',
          actions: ['sts:AssumeRole'],
          resources: [`arn:aws:iam::${account}:role/${deployRoleName(stage, region)}`],
        }),
      ],
    };
  }

  /** The source is cloned by the build itself, for the release notes need its history. */
  private connection(): PolicyStatement {
    return new PolicyStatement({
      sid: 'Repository',
      actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      resources: [this.props.pipeline.connectionArn],
    });
  }

  /** A build project with a role that may do what it says, its log, and what it is handed and hands on. */
  private step(step: Step): Project {
    const { name, roleName, description, minutes, computeType, variables, commands, artifacts, rights } = step;
    const logGroup = new LogGroup(this, `Logs-${name}`, {
      logGroupName: `/aws/codebuild/${PIPELINE}-${name}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: KEPT,
    });
    const role =
      (this.node.tryFindChild(`Role-${roleName}`) as Role | undefined) ??
      new Role(this, `Role-${roleName}`, {
        roleName,
        description: `Calendar Invite Server: ${description}`,
        assumedBy: new ServicePrincipal('codebuild.amazonaws.com', {
          conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
        }),
      });
    const streams = `arn:aws:logs:${this.region}:${this.account}:log-group:/aws/codebuild/${PIPELINE}-${name}:log-stream:${name}/*`;
    const policy = new Policy(this, `Rights-${name}`, {
      policyName: name,
      roles: [role],
      statements: [
        new PolicyStatement({
          sid: 'Logs',
          actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          resources: [streams],
        }),
        ...this.artifactRights(),
        ...rights,
      ],
    });
    this.acknowledgeArtifacts(policy);
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${streams}]`,
      reason: 'The log streams inside the project’s own log group are named by CodeBuild.',
    });
    return new PipelineProject(this, `Project-${name}`, {
      projectName: `${PIPELINE}-${name}`,
      description,
      // Its rights are written above; what the library would add is wider.
      role: role.withoutPolicyUpdates(),
      encryptionKey: this.key,
      environment: {
        buildImage: LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
        privileged: false,
        ...(computeType ? { computeType } : {}),
      },
      environmentVariables: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, { value }])),
      timeout: Duration.minutes(minutes),
      queuedTimeout: Duration.hours(1),
      logging: { cloudWatch: { logGroup, prefix: name } },
      buildSpec: BuildSpec.fromObject({
        version: '0.2',
        env: { shell: 'bash', 'git-credential-helper': 'yes', variables: { CI: 'true' } },
        // One script: each line of a list would be a shell of its own that forgets the others' variables.
        phases: {
          install: { 'runtime-versions': RUNTIMES },
          build: { commands: [['set -euo pipefail', ...commands].join('\n')] },
        },
        ...(artifacts ? { artifacts } : {}),
      }),
    });
  }

  private artifactRights(): PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'Artifacts',
        actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
        resources: [this.artifactObjectsArn],
      }),
      new PolicyStatement({
        sid: 'ArtifactsBucket',
        actions: ['s3:GetBucketLocation', 's3:ListBucket'],
        resources: [this.artifacts.bucketArn],
      }),
      new PolicyStatement({
        sid: 'ArtifactsKey',
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [this.key.keyArn],
      }),
    ];
  }

  private pipeline(build: Project, deploys: readonly (ReleaseEnvironment & { project: Project })[]): CfnPipeline {
    const { repository } = this.props.releases;
    const { connectionArn, approvedBefore } = this.props.pipeline;
    const role = this.pipelineRole([build, ...deploys.map(({ project }) => project)]);
    const stages = [...new Set(deploys.map(({ stage }) => stage))].map((stage) => {
      const waits = (approvedBefore as readonly string[]).includes(stage);
      const approval = {
        name: 'Approve',
        runOrder: 1,
        actionTypeId: { category: 'Approval', owner: 'AWS', provider: 'Manual', version: '1' },
        configuration: { CustomData: `Release to ${stage}?` },
      };
      const actions = deploys
        .filter((one) => one.stage === stage)
        .map(({ account, region, project }) => ({
          name: `Deploy-${account}-${region}`,
          runOrder: 2,
          actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
          configuration: { ProjectName: project.projectName, PrimarySource: SOURCE },
          inputArtifacts: [{ name: SOURCE }, { name: BUNDLE }],
        }));
      return { name: stage, actions: waits ? [approval, ...actions] : actions };
    });
    const pipeline = new CfnPipeline(this, 'Pipeline', {
      name: PIPELINE,
      pipelineType: 'V2',
      // The next release waits until this one is through.
      executionMode: 'QUEUED',
      roleArn: role.roleArn,
      artifactStore: {
        type: 'S3',
        location: this.artifacts.bucketName,
        encryptionKey: { type: 'KMS', id: this.key.keyArn },
      },
      triggers: [
        {
          providerType: 'CodeStarSourceConnection',
          gitConfiguration: { sourceActionName: SOURCE, push: [{ tags: { includes: ['v*.*.*'] } }] },
        },
      ],
      stages: [
        {
          name: 'source',
          actions: [
            {
              name: SOURCE,
              actionTypeId: { category: 'Source', owner: 'AWS', provider: 'CodeStarSourceConnection', version: '1' },
              configuration: {
                ConnectionArn: connectionArn,
                FullRepositoryId: `${repository.owner}/${repository.name}`,
                BranchName: 'main',
                DetectChanges: 'false',
                OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
              },
              outputArtifacts: [{ name: SOURCE }],
            },
          ],
        },
        {
          name: 'build',
          actions: [
            {
              name: 'Build',
              actionTypeId: { category: 'Build', owner: 'AWS', provider: 'CodeBuild', version: '1' },
              configuration: { ProjectName: build.projectName },
              inputArtifacts: [{ name: SOURCE }],
              outputArtifacts: [{ name: BUNDLE }],
            },
          ],
        },
        ...stages,
      ],
    });
    pipeline.node.addDependency(role);
    return pipeline;
  }

  private pipelineRole(projects: readonly Project[]): IRole {
    const role = new Role(this, 'PipelineRole', {
      roleName: `${PIPELINE}-pipeline`,
      description: 'Calendar Invite Server: starts builds and deployments of what is tagged',
      assumedBy: new ServicePrincipal('codepipeline.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    });
    const policy = new Policy(this, 'PipelineRights', {
      policyName: 'rights',
      roles: [role],
      statements: [
        ...this.artifactRights(),
        this.connection(),
        new PolicyStatement({
          sid: 'Builds',
          actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
          resources: projects.map((project) => project.projectArn),
        }),
      ],
    });
    this.acknowledgeArtifacts(policy);
    return role;
  }

  private notify(pipeline: CfnPipeline, emails: readonly string[]): void {
    const topic = new Topic(this, 'Told', { topicName: `${PIPELINE}-told`, masterKey: this.key, enforceSSL: true });
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    const service = new ServicePrincipal('codestar-notifications.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
    });
    this.key.grant(service, 'kms:Decrypt', 'kms:GenerateDataKey');
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'NotificationsMayTell',
        principals: [service],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    new NotificationRule(this, 'Notifications', {
      notificationRuleName: PIPELINE,
      detailType: DetailType.BASIC,
      events: [
        'codepipeline-pipeline-manual-approval-needed',
        'codepipeline-pipeline-pipeline-execution-failed',
        'codepipeline-pipeline-pipeline-execution-succeeded',
      ],
      source: {
        bindAsNotificationRuleSource: () => ({
          sourceArn: `arn:aws:codepipeline:${this.region}:${this.account}:${pipeline.name}`,
        }),
      },
      targets: [topic],
    });
  }

  private get artifactObjectsArn(): string {
    const { account, region } = this.props.pipeline;
    return `arn:aws:s3:::${PIPELINE}-artifacts-${account}-${region}/*`;
  }

  private acknowledgeArtifacts(policy: Policy): void {
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${this.artifactObjectsArn}]`,
      reason: 'What is handed from step to step are objects that CodePipeline names.',
    });
  }
}
