import { z } from 'zod';
import { PLACE, type Place, STAGES, type StageName, TENANT } from '../../config/schema.ts';
import type { Answers } from './new-tenant.ts';
import { QUESTIONS, type Question, refusal } from './questions.ts';

/** Where nothing may be said. */
const NOTHING = z.literal('');

/** Somebody who answers: a person at a terminal, or a test. */
export interface Conversation {
  ask(question: string): Promise<string>;
  tell(text: string): void;
}

/** Asks for whatever the flags have not said, each question until its answer can be taken. */
export async function askedFor(known: Answers, person: Conversation): Promise<Answers> {
  const said: Record<string, string> = { ...known.said };
  for (const question of QUESTIONS) said[question.flag] ??= await taken(question, person, question.otherwise?.(said));
  const told = Object.keys(known.stages).length > 0;
  return { said, stages: told ? known.stages : await stagesAsked(said.domain ?? '', person) };
}

async function stagesAsked(domain: string, person: Conversation): Promise<Answers['stages']> {
  person.tell('Where does each stage live? Without an account it is not there.\n');
  const stages: Partial<Record<StageName, Place>> = {};
  for (const stage of STAGES) {
    if (stage === 'local') continue;
    const account = await taken(
      { asks: `Account of ${stage}`, example: '111111111111, or nothing', checkedBy: PLACE.shape.account.or(NOTHING) },
      person,
      '',
    );
    if (account === '') continue;
    const region = await taken(
      { asks: `Region of ${stage}`, example: '', checkedBy: PLACE.shape.region },
      person,
      'us-east-1',
    );
    // A domain's MX leads to one place: only what people use has the tenant's own.
    const own = stage === 'prod' ? domain : `${stage}.${domain}`;
    const mailDomain = await taken(
      { asks: `Mail domain of ${stage}`, example: '', checkedBy: TENANT.shape.domain },
      person,
      own,
    );
    stages[stage] = { account, region, ...(mailDomain !== domain && { mailDomain }) };
  }
  return stages;
}

/** No answer is the default, where there is one. */
async function taken(question: Omit<Question, 'flag'>, person: Conversation, otherwise?: string): Promise<string> {
  for (;;) {
    const hint = otherwise ? `[${otherwise}]` : `(like ${question.example})`;
    const answer = (await person.ask(`${question.asks} ${hint}: `)).trim() || (otherwise ?? '');
    const why = refusal(question, answer);
    if (why === undefined) return answer;
    person.tell(`  ${why}\n`);
  }
}
