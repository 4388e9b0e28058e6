import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { removalPolicyOf } from '../cloud.ts';
import type { Home } from '../constructs/function-with-role.ts';
import { GradualRelease } from '../constructs/gradual-release.ts';
import { HttpFunction } from '../constructs/http-function.ts';
import type { Functions } from '../functions.ts';
import { retentionOf } from '../retention.ts';
import type { Place } from '../tenant-stage.ts';

/** The groups a token may name; what each may do is decided by the functions. */
const GROUPS = { admin: 'Everything in the tenant', organizer: 'His own events' };

/** The other way in: the REST API, and who may use it. */
export class ApiStack extends Stack {
  readonly url: string;
  readonly http: readonly HttpFunction[];

  constructor(scope: Construct, place: Place, functions: Functions, anywhere: Home) {
    super(scope, 'api', place.stack('api', 'REST API and its users'));
    const pool = this.users(place);
    const client = this.client(pool, place);
    const api = this.api(place);
    this.url = place.cloud.urlOf(api);

    const authorizer = new HttpJwtAuthorizer('users', pool.userPoolProviderUrl, {
      jwtAudience: [client.userPoolClientId],
    });
    const home = place.cloud.releasesGradually
      ? { ...anywhere, release: new GradualRelease(this, 'api', place.names, place.release) }
      : anywhere;
    this.http = [
      ...functions.http.map((http) => new HttpFunction(this, http, home, api, authorizer)),
      ...functions.pages.map((page) => new HttpFunction(this, page, home, api, undefined)),
    ];

    new CfnOutput(this, 'ApiUrl', { value: this.url });
    new CfnOutput(this, 'UserPoolId', { value: pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: client.userPoolClientId });
  }

  private users({ names, cloud }: Place): UserPool {
    const pool = new UserPool(this, 'Users', {
      userPoolName: names.userPool,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      featurePlan: FeaturePlan.ESSENTIALS,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: cloud.keepsData,
      removalPolicy: removalPolicyOf(cloud),
    });
    for (const [groupName, description] of Object.entries(GROUPS)) {
      new CfnUserPoolGroup(this, `Group-${groupName}`, { userPoolId: pool.userPoolId, groupName, description });
    }
    Validations.of(pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'A second factor is each user’s choice; organizers sign in rarely and mail is the main way.',
      },
      { id: 'AwsSolutions-COG8', reason: 'The Plus plan is priced by user; its risk scores are not used.' },
    );
    return pool;
  }

  private client(pool: UserPool, { names, cloud }: Place): UserPoolClient {
    return pool.addClient('Client', {
      userPoolClientName: names.of('client'),
      generateSecret: false,
      // Without a page to come back to there is no OAuth flow yet: signing in is SRP, which never sends the password.
      authFlows: {
        userSrp: true,
        userPassword: cloud.allowsPasswordTokens,
        adminUserPassword: cloud.allowsPasswordTokens,
      },
      disableOAuth: true,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    });
  }

  private api({ names, tenant, cloud, suspended }: Place): HttpApi {
    const { allowedOrigins } = tenant.api;
    const api = new HttpApi(this, 'Api', {
      apiName: names.api,
      description: `Calendar Invite Server of ${names.tenant}, ${names.stage}`,
      createDefaultStage: false,
      corsPreflight: allowedOrigins.length > 0 ? corsFor(allowedOrigins) : undefined,
    });
    const logGroup = new LogGroup(this, 'AccessLogs', {
      logGroupName: names.apiLogs,
      retention: retentionOf(tenant),
      removalPolicy: removalPolicyOf(cloud),
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: suspended ? { rateLimit: 0, burstLimit: 0 } : { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        // No caller and no query string: both may hold addresses.
        format: AccessLogFormat.custom(
          JSON.stringify({
            request_id: '$context.requestId',
            time: '$context.requestTime',
            route: '$context.routeKey',
            status: '$context.status',
            error: '$context.error.message',
            integration_error: '$context.integrationErrorMessage',
            duration_ms: '$context.responseLatency',
            response_bytes: '$context.responseLength',
          }),
        ),
      },
    });
    return api;
  }
}

/** Tokens travel in a header, never in a cookie: no page can use a visitor's without having it. */
function corsFor(allowOrigins: readonly string[]): CorsPreflightOptions {
  return {
    allowOrigins: [...allowOrigins],
    allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST],
    allowHeaders: ['authorization', 'content-type', 'if-none-match'],
    exposeHeaders: ['etag', 'link', 'content-disposition'],
    maxAge: Duration.hours(1),
  };
}
