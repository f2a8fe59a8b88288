/** How many of what an alternate received waited in the hold beneath, and of how many of those the tap has no copy. */
import type { Scope } from '@/server/domain/roles/scope';
import { askReceivedFromHold } from '@/server/queries/received-messages';
import type { ServiceContext } from '../../service-context';
import { countLed } from './led-journal';
import { reroutedMessages, type Rerouted } from './rerouted';

export interface LedFromHold {
  /** Those of which there is a copy, each once. */
  seen: number;
  /** Sent on, by the journal, and without a copy. */
  unseen: number;
  /** Of which nobody can tell whether they were sent on. */
  unsure: number;
}

/** Within the scopes. @returns null: it sends nothing on */
export async function ledCounts({ db, clickhouse, signal }: Pick<ServiceContext, 'db' | 'clickhouse' | 'signal'>, rerouted: Rerouted, { scopes, now }: { scopes: readonly Scope[]; now: Date }): Promise<LedFromHold | null> {
  if (rerouted.led === null) return null;
  const [{ sent, unsure }, [copies]] = await Promise.all([
    countLed(db, rerouted.hold.openedBy, { scopes, isOver: !rerouted.isRunning }),
    askReceivedFromHold(clickhouse, reroutedMessages(rerouted, scopes, now), signal),
  ]);
  const seen = copies?.messages ?? 0;
  return { seen, unseen: Math.max(0, sent - seen), unsure };
}

/** What the list lacks of it, as sentences. */
export function ledGaps({ unseen, unsure }: LedFromHold, { alternate: { name }, hold }: Pick<Rerouted, 'alternate' | 'hold'>): string[] {
  const of = (count: number) => `${count} ${count === 1 ? 'message' : 'messages'} that had waited in the hold`;
  const where = `${unseen + unsure === 1 ? 'It stands' : 'They stand'} among the items of operation ${hold.openedBy}.`;
  return [
    ...(unseen === 0 ? [] : [`${of(unseen)} went to ${name}, and the tap has no copy of ${unseen === 1 ? 'it' : 'them'}.`]),
    ...(unsure === 0 ? [] : [`Of ${of(unsure)} nobody can tell whether ${unsure === 1 ? 'it' : 'they'} went to ${name}.`]),
    ...(unseen + unsure === 0 ? [] : [where]),
  ];
}
