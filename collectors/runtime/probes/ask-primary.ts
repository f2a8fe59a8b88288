/** Asks the probe of a reroute's primary. Fails closed, and never waits longer than its limit. */
import type { PrimaryProbe } from '@/server/domain/contracts/flow-schema';
import { httpQuestion } from '@/server/domain/operations/preconditions/http-question';
import { isSuccess } from '@/server/domain/operations/preconditions/judge-answer';
import { sqlQuestion } from '@/server/domain/operations/preconditions/sql-question';
import { judgePrimaryAnswer, judgePrimaryRows, noAnswer, type PrimaryVerdict } from '@/server/domain/operations/primary-verdict';
import type { ProbeContext } from './ask-precondition';
import { NoAnswer } from './http-answer';

/** Probes that ask a target; consumers are counted by the connector. */
export type AskedPrimaryProbe = Exclude<PrimaryProbe, { consumers: number }>;

export async function askPrimary(probe: AskedPrimaryProbe, { http, addressOf, countRows, signal }: Pick<ProbeContext, 'http' | 'addressOf' | 'countRows' | 'signal'>): Promise<PrimaryVerdict> {
  try {
    if ('sql' in probe) {
      const question = sqlQuestion(probe.sql, () => undefined);
      if ('problem' in question) return noAnswer(question.problem);
      return judgePrimaryRows(probe, await countRows(probe.source, question.sql, question.values, signal));
    }
    const question = httpQuestion(probe.http, () => undefined);
    if ('problem' in question) return noAnswer(question.problem);
    const { method, path, sourceId } = question;
    const address = await addressOf(sourceId);
    if ('problem' in address) return noAnswer(address.problem);
    try {
      const needsBody = (status: number) => isSuccess(status) && probe.openWhen !== undefined;
      return judgePrimaryAnswer(sourceId, probe, await http.ask(address, { method, path, needsBody }, signal));
    } catch (error) {
      if (error instanceof NoAnswer) return noAnswer(`${sourceId} ${error.message}`);
      throw error;
    }
  } catch (error) {
    // Sentences of the row counter are for people; of anything else nothing is passed on, for nobody knows what it quotes.
    if ('sql' in probe && error instanceof Error) return noAnswer(`${probe.source} gave no answer (${error.message.replace(/\.$/, '')})`);
    return noAnswer('The question failed inside Signalbox');
  }
}
