import { describe, expect, it } from 'vitest';
import { Platform } from './platform.ts';

const platform = new Platform(['prod']);

/** Logical ids of one kind in one stack. */
const idsOf = (type: string, stack: string) =>
  platform
    .resources(type, `cis-prod-acme-${stack}`)
    .map(({ id }) => id)
    .sort();

describe('what people and programs hold of a tenant', () => {
  it.each([
    ['accounts and passwords are the pool’s', 'AWS::Cognito::UserPool', 'api', ['Users0A0EEA89']],
    [
      'tokens name their client, and programs hold its secret',
      'AWS::Cognito::UserPoolClient',
      'api',
      ['UsersClient3B43F2CF', 'UsersClientnewsletterE1815B10'],
    ],
    [
      'programs have the host where tokens are had in their settings',
      'AWS::Cognito::UserPoolDomain',
      'api',
      ['UsersTokens138F4F46'],
    ],
    ['links in letters name the API’s host, which AWS makes up', 'AWS::ApiGatewayV2::Api', 'api', ['ApiF70053CD']],
    ['DNS has the keys of the identity, which SES makes up', 'AWS::SES::EmailIdentity', 'mail', ['Identity2D60E2CC']],
    ['SES’s reputation counts by it', 'AWS::SES::ConfigurationSet', 'mail', ['ConfigurationSet3DD38186']],
  ])('keeps its logical id for ever, or it is made anew: %s', (_why, type, stack, ids) => {
    expect(idsOf(type, stack)).toEqual(ids);
  });
});
