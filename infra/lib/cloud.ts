import { RemovalPolicy } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { UserPool, UserPoolDomain } from 'aws-cdk-lib/aws-cognito';
import { Architecture } from 'aws-cdk-lib/aws-lambda';
import type { StageName } from '../config/schema.ts';

/**
 * What differs between AWS and the local cloud, all of it. Every stage has the same stacks; where a resource depends
 * on where it runs, it asks here.
 */
export interface Cloud {
  /** CloudFormation may activate the receipt rule set by a custom resource. */
  readonly activatesReceiptRules: boolean;
  /** Accounts get tokens by user name and password, without a browser. */
  readonly allowsPasswordTokens: boolean;
  /** Data stays when its stack goes, and cannot be deleted by one call. */
  readonly keepsData: boolean;
  /** New code takes over bit by bit (CodeDeploy). */
  readonly releasesGradually: boolean;
  /** Questions to the logs are kept beside the dashboard. */
  readonly savesLogQueries: boolean;
  /** Somebody is told when a tenant costs more than was said. */
  readonly keepsBudgets: boolean;
  /** What the functions' bundle was built for. */
  readonly architecture: Architecture;
  /** Where clients reach the API. */
  urlOf(api: HttpApi): string;
  /** Where a user pool's public keys are. */
  keysOf(pool: UserPool): string;
  /** Where a program with credentials of its own gets a token. */
  tokensOf(domain: UserPoolDomain): string;
}

const AWS: Cloud = {
  activatesReceiptRules: true,
  allowsPasswordTokens: false,
  keepsData: true,
  releasesGradually: true,
  savesLogQueries: true,
  keepsBudgets: true,
  architecture: Architecture.ARM_64,
  urlOf: (api) => api.apiEndpoint,
  keysOf: (pool) => `${pool.userPoolProviderUrl}/.well-known/jwks.json`,
  tokensOf: (domain) => `${domain.baseUrl()}/oauth2/token`,
};

const LOCAL: Cloud = {
  // It runs Node functions without the AWS SDK that Lambda's Node runtime brings, and executes no receipt rules:
  // the local SES edge reads them from the templates and takes them as active.
  activatesReceiptRules: false,
  // scripts/dev prints a token that works. Nowhere else may a password be sent outside SRP.
  allowsPasswordTokens: true,
  // The local state is thrown away by `scripts/dev reset`; kept leftovers would stop the next deployment.
  keepsData: false,
  // It has neither CodeDeploy nor budgets nor Logs Insights; new code goes straight to the functions.
  releasesGradually: false,
  savesLogQueries: false,
  keepsBudgets: false,
  // Functions run as processes of this machine.
  architecture: process.arch === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
  // An API's own host name leads nowhere here; all of them answer where the cloud does.
  urlOf: (api) => `${localUrl()}/_aws/execute-api/${api.apiId}`,
  keysOf: (pool) => `${localUrl()}/${pool.userPoolId}/.well-known/jwks.json`,
  tokensOf: () => `${localUrl()}/oauth2/token`,
};

function localUrl(): string {
  return process.env.AWS_ENDPOINT_URL ?? 'https://localhost:4566';
}

export function cloudOf(stage: StageName): Cloud {
  return stage === 'local' ? LOCAL : AWS;
}

/**
 * Stays when its stack goes, or when it is replaced; but what a deployment that fails has just made goes again: it is empty, and
 * its name would stop the next try.
 */
export const KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

export function removalPolicyOf(cloud: Cloud): RemovalPolicy {
  return cloud.keepsData ? KEPT : RemovalPolicy.DESTROY;
}
