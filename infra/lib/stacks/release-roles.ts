import { Duration, Stack } from 'aws-cdk-lib';
import {
  ArnPrincipal,
  CfnOIDCProvider,
  CompositePrincipal,
  Effect,
  type IPrincipal,
  Policy,
  PolicyStatement,
  Role,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Releases } from '../../config/releases.ts';
import type { StageName } from '../../config/schema.ts';
import { KEPT } from '../cloud.ts';
import type { Names } from '../names.ts';
import type { ReleaseEnvironment } from '../release-environments.ts';

const GITHUB = 'token.actions.githubusercontent.com';
/** The name all accounts are bootstrapped with: `cdk bootstrap` unless told otherwise. */
const BOOTSTRAPPED_AS = 'hnb659fds';

/** A stage in an account and region, with its tenants there. */
export interface Released extends ReleaseEnvironment {
  readonly tenants: readonly Names[];
}

interface Props {
  readonly account: string;
  readonly region: string;
  readonly releases: Releases;
  /** What of the stages is here, by GitHub's environment for it. */
  readonly released: readonly Released[];
  readonly makesProvider: boolean;
}

/** The role that deploys a stage: assumed by the workflow or by the pipeline. */
export function deployRoleName(stage: StageName, region: string): string {
  return `cis-${stage}-deploy-${region}`;
}

/** The role by which the pipeline deploys a stage. */
export function pipelineRoleName(stage: StageName): string {
  return `cis-release-${stage}`;
}

/** Who may deploy to this account, and look at it, without any key that lasts; and the bundles that stand here. */
export class ReleaseRolesStack extends Stack {
  private readonly bucket: Bucket;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Props,
  ) {
    const { account, region, released, makesProvider } = props;
    super(scope, id, {
      stackName: 'cis-release-roles',
      description: 'Calendar Invite Server: who may release to this account',
      env: { account, region },
      terminationProtection: true,
    });
    if (makesProvider) {
      new CfnOIDCProvider(this, 'GitHub', { url: `https://${GITHUB}`, clientIdList: ['sts.amazonaws.com'] });
    }
    this.bucket = this.releasesBucket();
    for (const one of released) this.stageRoles(one);
  }

  /** What is deployed, for whoever has to go back to it. */
  private releasesBucket(): Bucket {
    const { account, region } = this.props;
    const common = {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: KEPT,
    };
    const logs = new Bucket(this, 'AccessLogs', {
      ...common,
      bucketName: `cis-releases-logs-${account}-${region}`,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    return new Bucket(this, 'Releases', {
      ...common,
      bucketName: `cis-releases-${account}-${region}`,
      versioned: true,
      serverAccessLogsBucket: logs,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(365),
          noncurrentVersionsToRetain: 20,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  private stageRoles({ stage, environment, tenants }: Released): void {
    const { account, region } = this.props;
    const { pipeline, conversationFrom } = this.props.releases;
    const [mailbox, domain] = conversationFrom.split('@');
    const github = this.github(environment);
    const trusted = pipeline
      ? new CompositePrincipal(
          github,
          new ArnPrincipal(`arn:aws:iam::${pipeline.account}:root`).withConditions({
            ArnEquals: { 'aws:PrincipalArn': `arn:aws:iam::${pipeline.account}:role/${pipelineRoleName(stage)}` },
          }),
        )
      : github;
    this.role(`Deploy-${stage}`, deployRoleName(stage, region), `deploys ${stage}`, trusted, [
      this.bootstrapped('Deploy', ['deploy-role', 'file-publishing-role', 'lookup-role']),
      ...this.bundle(stage, ['s3:GetObject', 's3:PutObject']),
      // Conversing with each tenant: a mail, and whether the answer to it was noted.
      new PolicyStatement({
        sid: 'Mail',
        actions: ['ses:SendRawEmail'],
        resources: [`arn:aws:ses:${region}:${account}:identity/${domain}`],
        conditions: { StringLike: { 'ses:FromAddress': [`${mailbox}+*@${domain}`] } },
      }),
      new PolicyStatement({
        sid: 'Notices',
        actions: ['dynamodb:GetItem'],
        resources: tenants.map((names) => names.tableArn),
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['notice#*'] } },
      }),
    ]);
    this.role(
      `Drift-${stage}`,
      `cis-${stage}-drift-${region}`,
      `looks at ${stage}`,
      this.github(`drift-${environment}`),
      [this.bootstrapped('Look', ['lookup-role']), ...this.bundle(stage, ['s3:GetObject'])],
    );
    // Where dev spans several places, a pull request is compared with the one whose variables `diff` has.
    if (stage === 'dev') {
      this.role('Diff', `cis-diff-${region}`, 'compares a pull request with dev', this.github('diff'), [
        this.bootstrapped('Look', ['lookup-role']),
      ]);
    }
  }

  /**
   * A job of our repository that runs in this environment, whose branches, tags and reviewers GitHub enforces. The
   * subject is GitHub's immutable one: the numbers stay whoever takes the names.
   */
  private github(environment: string): IPrincipal {
    const { owner, ownerId, name, id } = this.props.releases.repository;
    return new WebIdentityPrincipal(`arn:aws:iam::${this.props.account}:oidc-provider/${GITHUB}`, {
      StringEquals: {
        [`${GITHUB}:aud`]: 'sts.amazonaws.com',
        [`${GITHUB}:sub`]: `repo:${owner}@${ownerId}/${name}@${id}:environment:${environment}`,
      },
    });
  }

  private role(id: string, name: string, what: string, assumedBy: IPrincipal, statements: PolicyStatement[]): void {
    const role = new Role(this, id, {
      roleName: name,
      description: `Calendar Invite Server: ${what}`,
      assumedBy,
      // Deploying, conversing and rolling back in one go: as long as GitHub lets a job run (deploy.yml).
      maxSessionDuration: Duration.hours(6),
    });
    new Policy(this, `${id}Rights`, { policyName: 'rights', roles: [role], statements });
  }

  /** CDK's own roles, which `cdk bootstrap` has made: they hold the rights, and say what each may do. */
  private bootstrapped(sid: string, roles: readonly string[]): PolicyStatement {
    const { account, region } = this.props;
    return new PolicyStatement({
      sid,
      effect: Effect.ALLOW,
      actions: ['sts:AssumeRole'],
      resources: roles.map(
        (role) => `arn:aws:iam::${account}:role/cdk-${BOOTSTRAPPED_AS}-${role}-${account}-${region}`,
      ),
    });
  }

  private bundle(stage: StageName, actions: string[]): PolicyStatement[] {
    return [
      new PolicyStatement({ sid: 'Bundle', actions, resources: [`${this.bucket.bucketArn}/${stage}/bundle.tar.gz`] }),
      // Else S3 answers the same whether there is none or one may not see it.
      new PolicyStatement({
        sid: 'WhetherThereIsOne',
        actions: ['s3:ListBucket'],
        resources: [this.bucket.bucketArn],
      }),
    ];
  }
}
