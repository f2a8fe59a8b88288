import type { FailedMessageView } from '@/server/services/failures/failed-message-view';
import { switchedKeys } from '../../../../../_ui/switched-keys';

/** Where a message is, across all that a flow can show: its key alone is unique within its channel only. */
export function keyOf({ sourceId, channelId, itemKey }: FailedMessageView): string {
  return `${sourceId} ${channelId} ${itemKey}`;
}

export interface Picked {
  messages: FailedMessageView[];
  /** The hop at which all of them failed; null where they failed at several or where it is not known. */
  hopId: string | null;
  /** Why they cannot be replayed together; null: they can. */
  problem: string | null;
}

/** The selected ones among those that are shown: what left the list meanwhile is selected no more. */
export function pickedOf(shown: readonly FailedMessageView[], selected: ReadonlySet<string>): Picked {
  const messages = shown.filter((message) => selected.has(keyOf(message)));
  const hops = [...new Set(messages.map(({ hopId }) => hopId))];
  if (messages.length === 0) return { messages, hopId: null, problem: null };
  if (hops.includes(null)) return { messages, hopId: null, problem: 'Of some selected messages it is not known at which hop they failed, so they cannot be replayed.' };
  if (hops.length > 1) return { messages, hopId: null, problem: `They failed at ${hops.length} hops, and a replay acts on one. Select those of one hop.` };
  return { messages, hopId: hops[0] ?? null, problem: null };
}

/** The selection after a row was switched; with `upTo` all rows between the two are switched alike. */
export function switched(shown: readonly FailedMessageView[], selected: ReadonlySet<string>, key: string, on: boolean, upTo: string | null): Set<string> {
  return switchedKeys(shown.map(keyOf), selected, key, on, upTo);
}
