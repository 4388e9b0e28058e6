import { z } from 'zod';

const ACCOUNT = z.string().regex(/^\d{12}$/, 'must be the twelve digits of an AWS account');
const REGION = z.string().regex(/^[a-z]{2}-[a-z]+-\d$/, 'must be an AWS region, like us-east-1');
const NAME = z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be a name as the repository’s address has it');

/** Who may release, and from where. */
const RELEASES = z.strictObject({
  /**
   * The repository on GitHub, by name and by number: names can be given away, numbers cannot. Both numbers are told by
   * `gh api repos/<owner>/<name> --jq '.owner.id, .id'`.
   */
  repository: z.strictObject({
    owner: NAME,
    ownerId: z.int().positive(),
    name: NAME,
    id: z.int().positive(),
  }),
  /**
   * Who mails each tenant after it was deployed, to see that it answers: an address of no tenant's domain, from which
   * SES of each account may send, and whose mailbox takes the answers, with any `+label`.
   */
  conversationFrom: z.email('must be an email address'),
  /**
   * Accounts that have a provider for GitHub's tokens already, of which there can be one: its roles use that. It has to
   * know the audience `sts.amazonaws.com`. `aws iam list-open-id-connect-providers` tells.
   */
  accountsWithProvider: z.array(ACCOUNT).default([]),
  /** Where CodePipeline builds and releases, for those who do it without GitHub Actions; `null`: nowhere. */
  pipeline: z
    .strictObject({
      account: ACCOUNT,
      region: REGION,
      connectionArn: z
        .string()
        .regex(
          /^arn:aws:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection\/[0-9a-f-]{36}$/,
          'must be the ARN of a connection to GitHub, made once in the console',
        ),
      /** Told when somebody has to approve, and when a release fails. */
      emails: z.array(z.email('must be an email address')).min(1).max(10),
      /** Stages that wait for a person's approval. */
      approvedBefore: z.array(z.enum(['dev', 'staging', 'prod'])),
    })
    .nullable(),
});

export type Releases = z.infer<typeof RELEASES>;

/** The error lists every fault with its place. */
export function checkReleases(candidate: unknown): Releases {
  const result = RELEASES.safeParse(candidate);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`config/releases.ts is not valid:\n  ${faults.join('\n  ')}`);
}

export const releases = checkReleases({
  repository: { owner: 'acme', ownerId: 1000001, name: 'calendar-invite-server', id: 2000002 },
  conversationFrom: 'conversation@checks.acme.example',
  accountsWithProvider: [],
  pipeline: {
    account: '444444444444',
    region: 'us-east-1',
    connectionArn: 'arn:aws:codeconnections:us-east-1:444444444444:connection/00000000-0000-0000-0000-000000000000',
    emails: ['operations@acme.example'],
    approvedBefore: ['staging', 'prod'],
  },
});
