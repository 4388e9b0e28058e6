import { describe, expect, it } from 'vitest';
import type { Tenant } from '../config/schema.ts';
import { acme } from '../config/tenants/acme.ts';
import { Platform, type Statement } from './platform.ts';

const ISSUER: Tenant['api']['issuers'][number] = {
  issuer: 'https://login.acme.example/',
  audiences: ['https://invites.acme.example'],
  addressClaim: 'email',
  addressIsVerified: false,
  groupsClaim: 'groups',
  adminGroups: ['calendar-admins'],
  clients: [{ clientId: 'crm', organizer: 'alice@a.example' }],
  scopePrefix: '',
};

const withApi = (api: Partial<Tenant['api']>): Platform =>
  new Platform(['prod'], [{ ...acme, api: { ...acme.api, ...api } }]);

/** What authorize is told, with names of resources in place of what only AWS knows. */
function issuersOf(platform: Platform): object[] {
  const [authorize] = platform
    .resources('AWS::Lambda::Function')
    .filter(({ Properties }) => Properties.FunctionName === 'cis-prod-acme-authorize');
  const value = authorize?.Properties.Environment.Variables.ISSUERS as { 'Fn::Join': [string, unknown[]] };
  const parts = value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '<only AWS knows>'));
  return JSON.parse(parts.join(''));
}

describe('who calls the API', () => {
  const platform = withApi({ issuers: [ISSUER] });

  it('is asked of authorize before each request, whatever the caller shows, and never remembered', () => {
    const authorizers = platform.resources('AWS::ApiGatewayV2::Authorizer');
    expect(authorizers).toHaveLength(1);
    expect(authorizers[0]?.Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
    });
  });

  it('is said by the tenant’s pool and whom its file names, as the functions read it', () => {
    const [pool, other, ...more] = issuersOf(platform);
    expect(more).toEqual([]);
    expect(pool).toMatchObject({
      address_claim: 'email',
      groups_claim: 'cognito:groups',
      admin_groups: ['admin'],
      clients: [{}],
      scope_prefix: 'cis/',
    });
    expect(pool).not.toHaveProperty('address_is_verified');
    expect(other).toEqual({
      issuer: ISSUER.issuer,
      audiences: ISSUER.audiences,
      address_claim: 'email',
      address_is_verified: false,
      groups_claim: 'groups',
      admin_groups: ['calendar-admins'],
      clients: [{ client_id: 'crm', organizer: 'alice@a.example' }],
      scope_prefix: '',
    });
  });

  it('is a program with its own credentials where the file says so, for its scopes alone', () => {
    const clients = platform
      .resources('AWS::Cognito::UserPoolClient')
      .filter(({ Properties }) => Properties.AllowedOAuthFlows?.includes('client_credentials'));
    expect(clients).toHaveLength(acme.api.clients.length);
    expect(clients[0]?.Properties).toMatchObject({ GenerateSecret: true, AllowedOAuthFlows: ['client_credentials'] });
    expect(clients[0]?.Properties.AllowedOAuthScopes).toHaveLength(acme.api.clients[0]?.scopes.length ?? 0);
    const without = withApi({ clients: [] });
    for (const type of ['AWS::Cognito::UserPoolDomain', 'AWS::Cognito::UserPoolResourceServer']) {
      expect(platform.resources(type), type).toHaveLength(1);
      expect(without.resources(type), type).toHaveLength(0);
    }
  });

  it('has only scopes that there are', () => {
    expect(() => withApi({ clients: [{ name: 'shop', scopes: ['events:burn'] }] })).toThrow(
      'api.clients: shop is to have the scope "events:burn", which is none; there are events:read,',
    );
  });

  it('asks for an erasure without a write of anything else', () => {
    const statements = platform
      .resources('AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Sid }) => Sid === 'TableErasures');
    expect(statements.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['erasure#'] } },
    ]);
  });

  it('is found out without a look at anything but keys', () => {
    const statements = platform
      .resources('AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[])
      .filter(({ Sid }) => Sid === 'TableKeys');
    expect(statements).toHaveLength(2);
    for (const statement of statements) {
      expect(statement.Condition).toEqual({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['key#'] } });
    }
  });
});
