import type { ReceivedStanding } from '@/server/domain/operations/received-decision';
import { inScope, type Scope } from '@/server/domain/roles/scope';
import { askReceivedOf, type ReceivedRow } from '@/server/queries/received-messages';
import { Refusal } from '../../refusal';
import { decisionsByKey, messageOf } from './decision-rows';
import { findReceived, type ReceivedStores } from './find-received';
import { reroutedMessages, type ReceivedFilter, type Rerouted } from './rerouted';

export type ReceivedSelection =
  | { by: 'messages'; copyKeys: readonly string[] }
  | ({ by: 'filter'; standing: ReceivedStanding; expected: number } & ReceivedFilter);

/** That something is decided of at once; more is decided of in parts. */
const MOST_AT_ONCE = 20_000;

/**
 * The messages that somebody chose among those that the alternate received, within the scopes, each once.
 *
 * @throws Refusal not-found (one was not received there, or lies outside of the scopes); invalid (too many); conflict (another number
 * matches by now)
 */
export async function chosenMessages(
  stores: ReceivedStores, rerouted: Rerouted, { scopes, selection, now }: { scopes: readonly Scope[]; selection: ReceivedSelection; now: Date },
): Promise<ReceivedRow[]> {
  if (selection.by === 'filter') {
    const { standing, expected, payer, facility, seenFrom, seenUntil } = selection;
    const { found, end } = await findReceived(stores, rerouted, { scopes, filter: { payer, facility, seenFrom, seenUntil }, standing, now, limit: MOST_AT_ONCE, after: null });
    if (end !== null) throw new Refusal('invalid', `More than ${MOST_AT_ONCE.toLocaleString('en')} messages match, and so many are decided of at once. Do it in parts: by payer, by facility, or by when they were seen.`);
    if (found.length !== expected) throw new Refusal('conflict', `${found.length} messages match by now, and you saw ${expected}. Look at them again.`);
    return found.map(({ message }) => message);
  }
  const wanted = [...new Set(selection.copyKeys)];
  const [copies, decided] = await Promise.all([
    askReceivedOf(stores.clickhouse, { ...reroutedMessages(rerouted, scopes, now), copyKeys: wanted }, stores.signal),
    decisionsByKey(stores.db, rerouted.hold.id, wanted),
  ]);
  const known = new Map(copies.map((copy) => [copy.copyKey, copy]));
  // Of what was decided before, the copy may be gone.
  for (const row of decided.values()) if (!known.has(row.copyKey) && scopes.some((scope) => inScope(scope, { facilities: [row.facilityId], payers: [row.payerId] }))) known.set(row.copyKey, messageOf(row));
  const missing = wanted.filter((key) => !known.has(key)).length;
  if (missing > 0) throw new Refusal('not-found', `${missing} of these messages ${missing === 1 ? 'was' : 'were'} not found among what ${rerouted.alternate.name} received within your scope. Look at the list again.`);
  return wanted.map((key) => known.get(key)!);
}
