/** Whether the primary of a reroute takes messages again, from what its probe answered. Fails closed. */
import type { PrimaryProbe } from '../contracts/flow-schema';
import { isSuccess, namesOf, says, type HttpAnswer } from './preconditions/judge-answer';

export interface PrimaryVerdict {
  passes: boolean;
  /** One sentence that names the source and its answer; it is stored and shown. */
  evidence: string;
}

type HttpProbe = Extract<PrimaryProbe, { http: string }>;
type SqlProbe = Extract<PrimaryProbe, { sql: string }>;

/** 2xx passes, and with `openWhen` only while the answer says so. */
export function judgePrimaryAnswer(sourceId: string, { openWhen }: Pick<HttpProbe, 'openWhen'>, { status, body }: HttpAnswer): PrimaryVerdict {
  const answered = `${sourceId} answered ${status}`;
  if (!isSuccess(status)) return fails(answered);
  if (openWhen === undefined) return passes(answered);
  const said = says(openWhen, body);
  if (said === true) return passes(answered);
  return fails(said === false ? `${answered}, but not with what the contract expects (${namesOf(openWhen)})` : `${answered}, but ${said}`);
}

export function judgePrimaryRows({ source, passesWhen }: Pick<SqlProbe, 'source' | 'passesWhen'>, found: number): PrimaryVerdict {
  const answered = found > 0 ? `${source} has such a row` : `${source} has no such row`;
  return (found > 0) === (passesWhen === 'rows') ? passes(answered) : fails(answered);
}

/** @param connected decimal text; undefined where nobody could count */
export function judgePrimaryConsumers(wanted: number, connected: string | undefined): PrimaryVerdict {
  if (connected === undefined || !/^\d+$/.test(connected)) return noAnswer('Nobody could count the consumers of the primary');
  const told = `${connected} ${connected === '1' ? 'consumer is' : 'consumers are'} connected to the primary, of ${wanted} that the contract asks for`;
  return BigInt(connected) >= BigInt(wanted) ? passes(told) : fails(told);
}

/** @param why a clause without a full stop */
export function noAnswer(why: string): PrimaryVerdict {
  return { passes: false, evidence: `${why}: whether the primary takes messages again is not known.` };
}

const passes = (answered: string): PrimaryVerdict => ({ passes: true, evidence: `${answered}: the primary takes messages again.` });
const fails = (answered: string): PrimaryVerdict => ({ passes: false, evidence: `${answered}: the primary does not take messages yet.` });
