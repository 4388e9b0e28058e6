import { Duration, Stack, Validations } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { REPORT_DAYS } from '../../config/schema.ts';
import { removalPolicyOf } from '../cloud.ts';
import { type Names, REPORTS_PREFIX, UPLOADS_PREFIX } from '../names.ts';
import type { Place } from '../tenant-stage.ts';

/**
 * What must outlive everything else. Logical ids here never change: a new one would make CloudFormation forget the
 * data and try to create it again under the same name.
 */
export class DataStack extends Stack {
  readonly table: TableV2;
  readonly inbox: Bucket;
  readonly tenantKey: Secret;
  /** What the shop signs its webhooks with. */
  readonly shop: Secret;
  /** Tells of each list somebody has uploaded. */
  readonly listUploaded: Topic;
  /** Encrypts what SNS keeps of topics to which AWS services publish; they cannot use the account's default key. */
  readonly serviceKey: Key;

  constructor(scope: Construct, { names, tenant, cloud, stack }: Place) {
    super(scope, 'data', { ...stack('data', 'table, inbox and secrets'), terminationProtection: cloud.keepsData });
    const removalPolicy = removalPolicyOf(cloud);

    this.table = new TableV2(this, 'Table', {
      tableName: names.table,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expires_at',
      encryption: TableEncryptionV2.awsManagedKey(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: cloud.keepsData,
      removalPolicy,
      globalSecondaryIndexes: [
        {
          // Who wants no mail of whom, by the time it was written, and events by month and when they were changed last:
          // few items, and only their keys.
          indexName: 'feed',
          partitionKey: { name: 'feed', type: AttributeType.STRING },
          sortKey: { name: 'feed_at', type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          // Events by organizer and when they were changed last.
          indexName: 'organizer-feed',
          partitionKey: { name: 'organizer_feed', type: AttributeType.STRING },
          sortKey: { name: 'feed_at', type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    });

    const accessLogs = new Bucket(this, 'AccessLogs', {
      bucketName: names.accessLogs,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy,
    });
    this.inbox = new Bucket(this, 'Inbox', {
      bucketName: names.inbox,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'inbox/',
      lifecycleRules: [
        {
          expiration: Duration.days(tenant.retentionDays.inbox),
          noncurrentVersionExpiration: Duration.days(7),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
        {
          // Whole lists of people: no longer than their links work.
          prefix: REPORTS_PREFIX,
          expiration: Duration.days(REPORT_DAYS),
          noncurrentVersionExpiration: Duration.days(1),
        },
      ],
      removalPolicy,
    });

    // Every tenant has it, with his own letters or without: so whether he has some is a setting, and nothing is made or kept by it.
    new Bucket(this, 'Letters', {
      bucketName: names.letters,
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      // Going back to what was is putting an earlier version in its place.
      versioned: true,
      serverAccessLogsBucket: accessLogs,
      serverAccessLogsPrefix: 'letters/',
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
      removalPolicy,
    });

    this.tenantKey = new Secret(this, 'TenantKey', {
      secretName: names.secret('tenant-key'),
      description: `Signs the reply addresses of ${names.table}`,
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(this.tenantKey).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'A new key would make every reply address in mail already sent invalid; it is changed by hand, never on a timer.',
    });

    this.shop = new Secret(this, 'Shop', {
      secretName: names.secret('shop'),
      description: `Signs what the shop tells of orders to ${names.table}`,
      // Nobody knows it, so nobody can tell of orders until the shop's own is put in its place.
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'current', excludePunctuation: true },
      removalPolicy,
    });
    Validations.of(this.shop).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The shop makes it; it is changed on both sides at a time, by hand, and both hold meanwhile.',
    });

    this.serviceKey = new Key(this, 'ServiceKey', {
      alias: names.table,
      description: `Topics of ${names.table} to which AWS services publish`,
      enableKeyRotation: true,
      removalPolicy,
    });
    for (const service of ['ses.amazonaws.com', 'cloudwatch.amazonaws.com', 's3.amazonaws.com']) {
      this.serviceKey.grant(
        new ServicePrincipal(service, { conditions: { StringEquals: { 'aws:SourceAccount': names.account } } }),
        'kms:Decrypt',
        'kms:GenerateDataKey*',
      );
    }
    this.listUploaded = this.uploads(names);
  }

  /**
   * The bucket's notification is written into the bucket itself: the library would add a function of its own that puts it
   * there afterwards.
   */
  private uploads(names: Names): Topic {
    const topic = new Topic(this, 'ListUploaded', {
      topicName: names.topic('list-uploaded'),
      masterKey: this.serviceKey,
      enforceSSL: true,
    });
    const s3MayTell = topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'S3MayTell',
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': names.account },
          ArnEquals: { 'aws:SourceArn': names.inboxArn },
        },
      }),
    );
    const bucket = this.inbox.node.defaultChild as CfnBucket;
    bucket.notificationConfiguration = {
      topicConfigurations: [
        {
          event: 's3:ObjectCreated:*',
          topic: topic.topicArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: UPLOADS_PREFIX }] } },
        },
      ],
    };
    // S3 tries it when the notification is made.
    if (s3MayTell.policyDependable) this.inbox.node.addDependency(s3MayTell.policyDependable);
    return topic;
  }
}
