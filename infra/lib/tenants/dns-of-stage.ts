import { readFileSync } from 'node:fs';
import type { Place, StageName, Tenant } from '../../config/schema.ts';
import { type DnsRecord, dkimRecord, dmarcRecord, inboundRecord, mailFromRecords } from '../dns.ts';
import { Names } from '../names.ts';

/** What `cdk deploy --outputs-file` leaves: for each stack its outputs. */
type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

const DKIM_KEYS = [1, 2, 3];

/** All records of one stage, in the order they are set; the DKIM keys and an ingress point are known once the mail stack stands. */
export function dnsOfStage(stage: StageName, tenant: Tenant, place: Place, outputs: Outputs = {}): DnsRecord[] {
  const names = Names.of(stage, tenant, place);
  const said = outputs[names.stack('mail')] ?? {};
  const dkim = DKIM_KEYS.map((number) => {
    const [name, , value] = (said[`DkimRecord${number}`] ?? '').split(' ');
    return name && value
      ? dkimRecord(name, value)
      : dkimRecord(`<key ${number}>._domainkey.${names.mailDomain}`, `<key ${number}>.dkim.amazonses.com`);
  });
  const [, , , host] = (said.InboundRecord ?? '').split(' ');
  const inbound =
    place.ingress === 'mail-manager' ? inboundRecord(names, host ?? '<ingress point>') : inboundRecord(names);
  return [inbound, ...dkim, ...mailFromRecords(names), dmarcRecord(names)];
}

export function readOutputs(file: string): Outputs {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Outputs;
  } catch (error) {
    throw new Error(`${file}: is not what cdk deploy --outputs-file writes: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Whether a record still waits for what SES makes up. */
export function isWaiting({ name, value }: DnsRecord): boolean {
  return name.startsWith('<') || value.includes('<');
}
