import type { Names } from './names.ts';

/** One line of a domain's DNS, and what it is good for. */
export interface DnsRecord {
  readonly name: string;
  readonly type: 'MX' | 'TXT' | 'CNAME';
  readonly value: string;
  readonly purpose: string;
}

/** Where SES takes mail for its receipt rules. */
export function receivingHost({ region }: Names): string {
  return `inbound-smtp.${region}.amazonaws.com`;
}

export function inboundRecord(names: Names, host = receivingHost(names)): DnsRecord {
  return { name: names.mailDomain, type: 'MX', value: `10 ${host}`, purpose: 'mail in reaches SES' };
}

/** SES makes up the three when the identity is made; it verifies the domain by them. */
export function dkimRecord(name: string, value: string): DnsRecord {
  return { name, type: 'CNAME', value, purpose: 'DKIM: mail out is signed, and SES knows that the domain is yours' };
}

export function mailFromRecords({ mailFromDomain, region }: Names): [DnsRecord, DnsRecord] {
  return [
    {
      name: mailFromDomain,
      type: 'MX',
      value: `10 feedback-smtp.${region}.amazonses.com`,
      purpose: 'MAIL FROM: where bounces go',
    },
    {
      name: mailFromDomain,
      type: 'TXT',
      value: '"v=spf1 include:amazonses.com ~all"',
      purpose: 'SPF: SES may send for that MAIL FROM',
    },
  ];
}

export function dmarcRecord({ mailDomain }: Names): DnsRecord {
  return {
    name: `_dmarc.${mailDomain}`,
    type: 'TXT',
    value: '"v=DMARC1; p=reject"',
    purpose: 'DMARC: a forgery of your mail is refused',
  };
}

/** As a stack's output and a zone file have it. */
export function lineOf({ name, type, value }: DnsRecord): string {
  return `${name} ${type} ${value}`;
}
