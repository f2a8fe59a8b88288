import {
  DEAD_LETTER_EXCHANGE, deadLetterQueueOf, NOTICES, patternOf, REQUEUE_EXCHANGE, RETRIES, WORK_QUEUES,
} from '../network/queues';

type Arguments = Record<string, string | number>;

interface Queue {
  name: string;
  arguments: Arguments;
}

export interface Topology {
  exchanges: { name: string; type: 'topic' | 'fanout'; arguments: Arguments }[];
  queues: Queue[];
  bindings: { exchange: string; queue: string; key: string }[];
}

/** Dead letters that nobody has cared for are given up after six hours, like rows that never finish. */
const KEEP_DEAD_MS = 6 * 3_600_000;
const KEEP_NOTICE_MS = 60_000;
const NOTICES_KEPT = 500;

/** Everything of the network on its broker: exchanges and queues, all durable. */
export function topology(): Topology {
  const events = [...new Set(WORK_QUEUES.flatMap(({ exchange }) => exchange ?? []))];
  const topics = [...events, DEAD_LETTER_EXCHANGE, REQUEUE_EXCHANGE, ...RETRIES.map(({ exchange }) => exchange)];
  const noticeArguments = { 'x-queue-type': 'classic', 'x-message-ttl': KEEP_NOTICE_MS, 'x-max-length': NOTICES_KEPT };
  return {
    exchanges: [
      ...topics.map((name) => ({ name, type: 'topic' as const, arguments: {} })),
      { name: NOTICES.alternate, type: 'fanout', arguments: {} },
      { name: NOTICES.exchange, type: 'topic', arguments: { 'alternate-exchange': NOTICES.alternate } },
    ],
    queues: [
      ...WORK_QUEUES.flatMap((work): Queue[] => [
        { name: work.queue, arguments: { 'x-queue-type': work.type, 'x-dead-letter-exchange': DEAD_LETTER_EXCHANGE } },
        { name: deadLetterQueueOf(work), arguments: { 'x-queue-type': 'classic', 'x-message-ttl': KEEP_DEAD_MS } },
        ...RETRIES.map(({ exchange, delayMs }) => ({
          name: `${work.queue}.${exchange}`,
          arguments: { 'x-queue-type': 'classic', 'x-message-ttl': delayMs, 'x-dead-letter-exchange': REQUEUE_EXCHANGE },
        })),
      ]),
      { name: NOTICES.queue, arguments: noticeArguments },
      { name: NOTICES.unroutedQueue, arguments: noticeArguments },
    ],
    bindings: [
      ...WORK_QUEUES.flatMap((work) => [
        ...work.keys.flatMap((key) => (work.exchange === null ? [] : [{ exchange: work.exchange, queue: work.queue, key }])),
        { exchange: REQUEUE_EXCHANGE, queue: work.queue, key: patternOf(work) },
        { exchange: DEAD_LETTER_EXCHANGE, queue: deadLetterQueueOf(work), key: patternOf(work) },
        ...RETRIES.map(({ exchange }) => ({ exchange, queue: `${work.queue}.${exchange}`, key: patternOf(work) })),
      ]),
      { exchange: NOTICES.exchange, queue: NOTICES.queue, key: `${NOTICES.event}.${NOTICES.watchedFacility}` },
      { exchange: NOTICES.alternate, queue: NOTICES.unroutedQueue, key: '' },
    ],
  };
}
