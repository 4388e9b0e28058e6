import { describe, expect, it } from 'vitest';
import { checkTenants } from '../config/check.ts';
import { acme } from '../config/tenants/acme.ts';
import { eitherWayIn, Platform, type Resource } from './platform.ts';

const MAIL = 'cis-staging-acme-mail';
const platform = new Platform(['staging'], [eitherWayIn]);
const only = (type: string, of = platform): Resource => {
  const [found, ...more] = of.resources(type, MAIL);
  if (!found || more.length > 0) throw new Error(`${more.length + 1} of ${type}`);
  return found;
};

describe('Mail Manager', () => {
  it('is not there unless a stage asks for it', () => {
    const without = new Platform(['dev', 'staging', 'prod']).tree.map(({ cfnResourceType }) => cfnResourceType);
    expect(without.filter((type) => type.includes('MailManager'))).toEqual([]);
    expect(without).toContain('AWS::SES::ReceiptRule');
  });

  it('is refused where it cannot be', () => {
    const { local } = acme.stages;
    const tenant = { ...acme, stages: { local: { ...local, ingress: 'mail-manager' } } };
    expect(() => checkTenants([{ file: 'acme.ts', tenant }])).toThrow(
      'acme.ts: stages.local.ingress: must be receipt-rules: the local cloud has no Mail Manager',
    );
  });

  it('takes mail to the tenant’s domain over TLS, and no other', () => {
    const { DefaultAction, PolicyStatements } = only('AWS::SES::MailManagerTrafficPolicy').Properties;
    expect(DefaultAction).toBe('DENY');
    expect(PolicyStatements).toHaveLength(1);
    expect(PolicyStatements[0].Action).toBe('ALLOW');
    expect(JSON.stringify(PolicyStatements[0].Conditions)).toContain('"@staging.acme.invites.example"');
    expect(JSON.stringify(PolicyStatements[0].Conditions)).toContain('"TLS1_2"');
    expect(only('AWS::SES::MailManagerIngressPoint').Properties.TlsPolicy).toBe('REQUIRED');
  });

  it('keeps each mail in the inbox bucket, then hands it to the receipt rules, from its own sender', () => {
    const { Rules } = only('AWS::SES::MailManagerRuleSet').Properties;
    expect(Rules).toHaveLength(1);
    const [kept, handedOn] = Rules[0].Actions;
    expect(kept.WriteToS3.S3Prefix).toBe('arrived/');
    expect(JSON.stringify(kept.WriteToS3.S3Bucket)).toContain('Inbox');
    expect(handedOn.Relay.MailFrom).toBe('PRESERVE');
    const relay = only('AWS::SES::MailManagerRelay');
    expect(handedOn.Relay.Relay).toEqual({ 'Fn::GetAtt': [relay.id, 'RelayId'] });
    expect(relay.Properties).toMatchObject({ ServerName: 'inbound-smtp.us-east-1.amazonaws.com', ServerPort: 25 });
    // What takes it from there is what takes mail without Mail Manager.
    const plain = new Platform(['staging']);
    expect(only('AWS::SES::ReceiptRule').Properties).toEqual(only('AWS::SES::ReceiptRule', plain).Properties);
  });

  it('may write where it keeps mail, for our own account’s rules, and nothing else', () => {
    const role = only('AWS::IAM::Role');
    const [trust] = role.Properties.AssumeRolePolicyDocument.Statement;
    expect(trust.Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': '333333333333' },
      ArnLike: { 'aws:SourceArn': 'arn:aws:ses:us-east-1:333333333333:mailmanager-rule-set/*' },
    });
    const { Statement } = only('AWS::IAM::Policy').Properties.PolicyDocument;
    const bucket = 'arn:aws:s3:::cis-staging-acme-inbox-333333333333';
    expect(Statement.map(({ Action, Resource: on }: { Action: string; Resource: string }) => [Action, on])).toEqual([
      ['s3:PutObject', `${bucket}/arrived/*`],
      ['s3:ListBucket', bucket],
    ]);
  });

  it('is where the domain’s MX leads', () => {
    const { Outputs } = platform.template(MAIL) as { Outputs: Record<string, { Value: unknown }> };
    const point = only('AWS::SES::MailManagerIngressPoint').id;
    expect(Outputs.InboundRecord?.Value).toEqual({
      'Fn::Join': ['', ['staging.acme.invites.example MX 10 ', { 'Fn::GetAtt': [point, 'ARecord'] }]],
    });
  });

  it('is closed while the tenant is suspended', () => {
    const { staging } = eitherWayIn.stages;
    if (!staging) throw new Error('the sample tenant has no staging');
    const stages = { staging: { ...staging, suspended: true } };
    const suspended = new Platform(['staging'], [{ ...eitherWayIn, stages }]);
    expect(only('AWS::SES::MailManagerIngressPoint').Properties.StatusToUpdate).toBe('ACTIVE');
    expect(only('AWS::SES::MailManagerIngressPoint', suspended).Properties.StatusToUpdate).toBe('CLOSED');
  });
});
