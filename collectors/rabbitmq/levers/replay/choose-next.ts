/** Which items go next: found, and allowed by the contract at this moment. */
import type { JournalItem, LeverRun } from '@/collectors/runtime/operations/levers';
import { readDeaths } from '../../messages/deaths';
import type { MessageIdentity } from '../moving/message-identity';
import type { DeadLetters, Found } from './dead-letters';
import type { SendingWay } from './sending-way';

/** Preconditions of so many items are asked at once. */
const ASKED_AT_ONCE = 10;

export interface Sending extends Found {
  item: JournalItem;
  /** With which it was published first. */
  routingKey: string;
}

/** Asks the contract, and journals those that it refuses as skipped. @returns those that may be claimed and sent, in order */
export async function chooseNext(run: LeverRun, batch: readonly JournalItem[], dead: DeadLetters, identity: MessageIdentity, way: Pick<SendingWay, 'refuses'>): Promise<Sending[]> {
  const gone = batch.filter(({ itemKey }) => !dead.found.has(itemKey));
  await run.journal.skip(gone.map(({ itemKey }) => ({ itemKey, note: 'It is no longer in the dead-letter queue.', instead: 'Look whether somebody else replayed or removed it.' })));
  const candidates = batch.flatMap((item): Sending[] => {
    const found = dead.found.get(item.itemKey);
    return found ? [{ item, ...found, routingKey: firstRoutingKey(found.message) }] : [];
  });
  const allowed: Sending[] = [];
  for (let at = 0; at < candidates.length; at += ASKED_AT_ONCE) {
    const asked = candidates.slice(at, at + ASKED_AT_ONCE);
    const answers = await Promise.all(asked.map(async ({ message, identified, routingKey }) => {
      const refusal = way.refuses?.(message) ?? null;
      return refusal === null ? run.mayAct(identified, identity.fieldsOf(message, routingKey)) : { ok: false as const, ...refusal };
    }));
    const refused = asked.flatMap(({ item }, index) => {
      const answer = answers[index]!;
      return answer.ok ? [] : [{ itemKey: item.itemKey, note: answer.reason, instead: answer.instead }];
    });
    await run.journal.skip(refused);
    allowed.push(...asked.filter((_, index) => answers[index]!.ok));
  }
  return allowed;
}

/** With which it was published first, as far as its history tells. */
function firstRoutingKey(message: Found['message']): string {
  return readDeaths(message.properties.headers?.['x-death'])[0]?.routingKeys[0] ?? message.fields.routingKey;
}
