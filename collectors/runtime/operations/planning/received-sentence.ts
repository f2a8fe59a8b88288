/** What the plan of a restore says of the messages that the alternate received meanwhile. */
import { moneyWords } from '@/server/domain/money';
import type { OperationRequest } from '@/server/domain/operations/request';
import { receivedExtent } from '@/server/services/operations/received/received-extent';
import type { ReceivedSummary } from '@/server/services/operations/received/received-view';
import { loadRerouted, reroutedMessages } from '@/server/services/operations/received/rerouted';
import { sentenceOf, type Engine } from '../engine';

const MOST_MS = 5_000;
const BY_HAND = 'Whatever went there is left there, voided there, or sent again by hand; the restore does none of that.';

/** Never throws: a restore is not kept waiting for copies that cannot be counted. */
export async function receivedWarnings({ db, clickhouse, now }: Pick<Engine, 'db' | 'clickhouse' | 'now'>, request: OperationRequest, signal: AbortSignal): Promise<string[]> {
  if (request.kind !== 'restore') return [];
  try {
    const rerouted = await loadRerouted(db, request.holdId);
    if (rerouted.isJournaled) return [];
    const { name } = rerouted.alternate;
    const received = await receivedExtent(clickhouse, reroutedMessages(rerouted, null, now()), AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]));
    if (received.messages === '0') return [`The tap saw no message go to ${name}, which proves nothing where no copies are taken. ${BY_HAND}`];
    return [`The tap saw ${receivedWords(received)} go to ${name}, listed with the reroute. ${BY_HAND}`];
  } catch (error) {
    return [`What the tap saw go to the alternate could not be counted: ${sentenceOf(error)} ${BY_HAND}`];
  }
}

/** `37 messages of 31 cases worth 12,340.00 USD`. */
function receivedWords({ messages, cases, money }: ReceivedSummary): string {
  const worth = money.map(moneyWords).join(' and ');
  return `${messages} ${messages === '1' ? 'message' : 'messages'} of ${cases} ${cases === 1 ? 'case' : 'cases'}${worth === '' ? '' : ` worth ${worth}`}`;
}
