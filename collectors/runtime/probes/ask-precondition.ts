/**
 * Asks one precondition of a contract for one message. Fails closed: whatever keeps the question from being asked or
 * answered is a verdict that does not hold, with a sentence for the person who reads it at three in the morning.
 */
import type { Precondition } from '@/server/domain/contracts/flow-schema';
import { httpQuestion, type FieldValues } from '@/server/domain/operations/preconditions/http-question';
import { judgeAnswer, needsBody, type HttpProbe } from '@/server/domain/operations/preconditions/judge-answer';
import { sqlQuestion } from '@/server/domain/operations/preconditions/sql-question';
import { disproven, proven, unanswered, unproven, withoutProbe, type Check, type Judgement, type Verdict } from '@/server/domain/operations/preconditions/verdict';
import { NoAnswer, type HttpClient, type ProbeAddress } from './http-answer';

type Probe = NonNullable<Precondition['probe']>;
type SqlProbe = Extract<Probe, { sql: string }>;
type CaseProbe = Extract<Probe, { caseStep: unknown }>;

/** What asking needs from around it. Each may say in a clause without a full stop why it cannot be asked. */
export interface ProbeContext {
  http: HttpClient;
  /** Where an http source is asked; read anew for each question, because contracts change at run time. */
  addressOf: (sourceId: string) => Promise<ProbeAddress | { problem: string }>;
  /** Runs a statement that only reads. @returns how many rows it found, at least 1 where there are more. @throws Error with a sentence for people */
  countRows: (sourceId: string, sql: string, values: readonly string[], signal: AbortSignal) => Promise<number>;
  /** Whether the case of the message has reached a step. @throws when what keeps the traces does not answer */
  hasReached: (step: CaseProbe['caseStep'], fields: FieldValues, signal: AbortSignal) => Promise<boolean | { problem: string }>;
  signal: AbortSignal;
  now: () => Date;
}

/** @param fields values of one message in clear. They go into the question, and into nothing that is stored, shown or logged */
export async function askPrecondition(precondition: Precondition, fields: FieldValues, context: ProbeContext): Promise<Verdict> {
  const askedAt = context.now();
  try {
    return { ...(await judge(precondition, fields, context)), askedAt };
  } catch {
    // Nobody can tell what an unforeseen error quotes, so nothing of it is passed on.
    return { ...unproven(precondition.check, 'The question failed inside Signalbox'), askedAt };
  }
}

async function judge({ check, probe }: Precondition, fields: FieldValues, context: ProbeContext): Promise<Judgement> {
  if (probe === undefined) return withoutProbe(check);
  if ('http' in probe) return judgeByHttp(check, probe, fields, context);
  if ('sql' in probe) return judgeBySql(check, probe, fields, context);
  return judgeByCase(check, probe, fields, context);
}

async function judgeByHttp(check: Check, probe: HttpProbe, fields: FieldValues, { http, addressOf, signal }: ProbeContext): Promise<Judgement> {
  const question = httpQuestion(probe.http, fields);
  if ('problem' in question) return unproven(check, question.problem);
  const { method, path, sourceId } = question;
  const address = await addressOf(sourceId);
  if ('problem' in address) return unproven(check, address.problem);
  try {
    const answer = await http.ask(address, { method, path, needsBody: (status) => needsBody(probe, status) }, signal);
    return judgeAnswer(check, sourceId, probe, answer);
  } catch (error) {
    if (error instanceof NoAnswer) return unanswered(check, `${sourceId} ${error.message}`);
    throw error;
  }
}

async function judgeBySql(check: Check, { source, sql, absentWhen }: SqlProbe, fields: FieldValues, { countRows, signal }: ProbeContext): Promise<Judgement> {
  const question = sqlQuestion(sql, fields);
  if ('problem' in question) return unproven(check, question.problem);
  let found: boolean;
  try {
    found = (await countRows(source, question.sql, question.values, signal)) > 0;
  } catch (error) {
    return unanswered(check, `${source} gave no answer (${sentenceOf(error)})`);
  }
  const answered = found ? `${source} has such a row` : `${source} has no such row`;
  return found === (absentWhen === 'rows') ? proven(check, answered) : disproven(check, answered);
}

async function judgeByCase(check: Check, { caseStep }: CaseProbe, fields: FieldValues, { hasReached, signal }: ProbeContext): Promise<Judgement> {
  let reached: Awaited<ReturnType<ProbeContext['hasReached']>>;
  try {
    reached = await hasReached(caseStep, fields, signal);
  } catch {
    return unproven(check, 'ClickHouse, which keeps the traces, gave no answer');
  }
  if (typeof reached === 'object') return unproven(check, reached.problem);
  const answered = reached ? `Traces show that the case has reached "${caseStep.step}"` : `No trace shows that the case has reached "${caseStep.step}"`;
  return reached === caseStep.reached ? proven(check, answered) : disproven(check, answered);
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message.replace(/\.$/, '') : 'unknown error');
