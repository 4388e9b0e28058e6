import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CorsHttpMethod,
  type CorsPreflightOptions,
  HttpApi,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AccountRecovery,
  CfnUserPoolGroup,
  FeaturePlan,
  Mfa,
  OAuthScope,
  ResourceServerScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { removalPolicyOf } from '../cloud.ts';
import { apiErrorsAlarm } from '../constructs/alarms.ts';
import { AuthorizerFunction } from '../constructs/authorizer-function.ts';
import type { Home } from '../constructs/function-with-role.ts';
import { GradualRelease } from '../constructs/gradual-release.ts';
import { HttpFunction } from '../constructs/http-function.ts';
import type { Functions, Scope } from '../functions.ts';
import { retentionOf } from '../retention.ts';
import type { Place } from '../tenant-stage.ts';
import type { Watched } from './watch.ts';

/** The groups a token may name; what each may do is decided by the functions. */
const GROUPS = { admin: 'Everything in the tenant', organizer: 'His own events' };

/** What stands before a scope's name in a token of the pool. */
const SCOPES = 'cis';

/** The other way in: the REST API, and who may use it. */
export class ApiStack extends Stack {
  readonly url: string;
  readonly watched: readonly Watched[];

  constructor(scope: Construct, place: Place, functions: Functions, anywhere: Home) {
    super(scope, 'api', place.stack('api', 'REST API and its users'));
    const pool = this.users(place);
    const client = this.client(pool, place);
    const api = this.api(place);
    this.url = place.cloud.urlOf(api);

    const clients = this.programs(pool, place, functions.scopes);
    const issuers = this.toJsonString(issuersOf(place, pool, client, clients));
    const home = place.cloud.releasesGradually
      ? { ...anywhere, release: new GradualRelease(this, 'api', place.names, place.release) }
      : anywhere;
    const [authorize] = functions.authorizers.map((spec) => new AuthorizerFunction(this, spec, { ...home, issuers }));
    const http = [
      ...functions.http.map((one) => new HttpFunction(this, one, home, api, authorize?.authorizer)),
      ...functions.pages.map((one) => new HttpFunction(this, one, home, api, undefined)),
    ];
    const itself: Watched = { alarms: (watch) => [apiErrorsAlarm(watch, api.apiId)] };
    this.watched = [...(authorize ? [authorize] : []), ...http, itself];

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

  /** Clients that ask for themselves, by their own credentials, each for what its scopes say. */
  private programs(pool: UserPool, { names, cloud, tenant }: Place, scopes: readonly Scope[]): Program[] {
    const { clients } = tenant.api;
    if (clients.length === 0) return [];
    const known = scopes.map(
      ({ name, meaning }) => new ResourceServerScope({ scopeName: name, scopeDescription: meaning }),
    );
    const server = pool.addResourceServer('Scopes', { identifier: SCOPES, scopes: known });
    const domain = pool.addDomain('Tokens', { cognitoDomain: { domainPrefix: names.tokenDomain } });
    new CfnOutput(this, 'TokenUrl', { value: cloud.tokensOf(domain) });
    return clients.map(({ name, scopes: wanted, organizer }) => {
      const client = pool.addClient(`Client-${name}`, {
        userPoolClientName: names.of(name),
        generateSecret: true,
        oAuth: {
          flows: { clientCredentials: true },
          scopes: wanted.map((scope) => OAuthScope.resourceServer(server, scopeNamed(scope, name, known))),
        },
        accessTokenValidity: Duration.hours(1),
        enableTokenRevocation: true,
      });
      new CfnOutput(this, `ClientId-${name}`, { value: client.userPoolClientId });
      return { client_id: client.userPoolClientId, ...(organizer && { organizer }) };
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

function scopeNamed(scope: string, client: string, known: readonly ResourceServerScope[]): ResourceServerScope {
  const found = known.find(({ scopeName }) => scopeName === scope);
  if (found) return found;
  const names = known.map(({ scopeName }) => scopeName).join(', ');
  throw new Error(`api.clients: ${client} is to have the scope "${scope}", which is none; there are ${names}`);
}

/** A program as the functions are told of it. */
interface Program {
  readonly client_id: string;
  readonly organizer?: string;
}

/** Who may say who calls: the tenant's own pool, and whom its file names. The names are those the functions read. */
function issuersOf({ cloud, tenant }: Place, pool: UserPool, people: UserPoolClient, clients: Program[]): object[] {
  return [
    {
      issuer: pool.userPoolProviderUrl,
      jwks_uri: cloud.keysOf(pool),
      audiences: [people.userPoolClientId],
      address_claim: 'email',
      groups_claim: 'cognito:groups',
      admin_groups: ['admin'],
      clients,
      scope_prefix: `${SCOPES}/`,
    },
    ...tenant.api.issuers.map((issuer) => ({
      issuer: issuer.issuer,
      ...(issuer.jwksUri && { jwks_uri: issuer.jwksUri }),
      audiences: issuer.audiences,
      address_claim: issuer.addressClaim,
      address_is_verified: issuer.addressIsVerified,
      groups_claim: issuer.groupsClaim,
      admin_groups: issuer.adminGroups,
      ...(issuer.organizerGroups && { organizer_groups: issuer.organizerGroups }),
      clients: issuer.clients.map(({ clientId, organizer }) => ({
        client_id: clientId,
        ...(organizer && { organizer }),
      })),
      scope_prefix: issuer.scopePrefix,
    })),
  ];
}

/** Tokens travel in a header, never in a cookie: no page can use a visitor's without having it. */
function corsFor(allowOrigins: readonly string[]): CorsPreflightOptions {
  return {
    allowOrigins: [...allowOrigins],
    allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.PATCH],
    allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'if-none-match', 'x-api-key'],
    exposeHeaders: ['etag', 'link', 'location', 'content-disposition', 'www-authenticate', 'retry-after'],
    maxAge: Duration.hours(1),
  };
}
