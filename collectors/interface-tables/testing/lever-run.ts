/** What a lever is executed with, kept in memory: a journal that survives the lives of an operation, and a stop button. */
import type { Json } from '@/server/domain/canonical-json';
import { createLogger } from '../../runtime/logger';
import { FenceLost, type JournalItem, type LeverContext, type LeverRun } from '../../runtime/operations/levers';
import type { ContractsInForce } from '../../runtime/taps/connector';

type State = JournalItem['state'] | 'skipped' | 'unknown';

/** What the tables of operations keep: it outlives each `LeverRun`. */
export interface TestOperation {
  id: string;
  items: Map<string, { position: number; state: State; messageId: string; note: string }>;
  recorded: Json;
  fence: bigint;
  /** Keys in the order in which they were sent. */
  sent: string[];
  statesOf(): Record<string, State>;
  count(state: State): number;
}

export function testOperation(id: string, itemKeys: readonly string[] = []): TestOperation {
  const items: TestOperation['items'] = new Map(itemKeys.map((key, position) => [key, { position, state: 'pending', messageId: '', note: '' }]));
  return {
    id, items, recorded: null, fence: 0n, sent: [],
    statesOf: () => Object.fromEntries([...items].map(([key, { state }]) => [key, state])),
    count: (wanted) => [...items.values()].filter(({ state }) => state === wanted).length,
  };
}

export interface TestRun extends LeverRun {
  stop(): void;
  /** As when another process takes the operation over. */
  loseFence(): void;
  /** Throws at this point of the journal, once: what is written later never happens. */
  crashAt(point: 'claim' | 'remember' | 'sent'): void;
  refuse: Map<string, { reason: string; instead: string }>;
  asked: { itemKey: string; amount: string; fields: Record<string, string | undefined> }[];
  sentences: string[];
}

export class Crash extends Error {}

/** Another life of the operation. */
export function startRun(operation: TestOperation, contracts: ContractsInForce, fieldNames: readonly string[] = []): TestRun {
  operation.fence += 1n;
  const fence = operation.fence;
  const signal = new AbortController();
  let stopped = false;
  let crash: string | null = null;
  const guard = (point: string): void => {
    if (operation.fence !== fence || signal.signal.aborted) throw new FenceLost();
    if (crash === point) throw new Crash(point);
  };
  const change = (keys: readonly string[], from: readonly State[], to: State, note = ''): string[] => keys.filter((key) => {
    const item = operation.items.get(key);
    if (!item || !from.includes(item.state)) return false;
    Object.assign(item, { state: to, note });
    return true;
  });
  const run: TestRun = {
    ...testContext(contracts, operation.id), signal: signal.signal, fence, refuse: new Map(), asked: [], sentences: [],
    get recorded() { return operation.recorded; },
    edited: () => Promise.reject(new Error('Rows are never changed.')),
    isHeld: () => operation.fence === fence && !signal.signal.aborted,
    stopRequested: () => stopped,
    seenCopies: () => Promise.resolve(null),
    remember(record) {
      guard('remember');
      operation.recorded = structuredClone(record);
      return Promise.resolve();
    },
    progress: ({ sentence }) => { run.sentences.push(sentence); },
    stop: () => { stopped = true; },
    loseFence: () => { signal.abort(); },
    crashAt: (point) => { crash = point; },
    mayAct(item, fields) {
      run.asked.push({ itemKey: item.itemKey, amount: item.mapped.amount, fields: Object.fromEntries(fieldNames.map((name) => [name, fields(name)])) });
      const refused = run.refuse.get(item.itemKey);
      return Promise.resolve(refused ? { ok: false, ...refused } : { ok: true });
    },
    journal: {
      open: () => Promise.resolve([...operation.items].filter(([, { state }]) => ['pending', 'sending', 'sent'].includes(state))
        .map(([itemKey, { position, state, messageId }]) => ({ itemKey, position, state: state as JournalItem['state'], messageId }))),
      add(items) {
        guard('add');
        for (const { itemKey, messageId } of items) if (!operation.items.has(itemKey)) operation.items.set(itemKey, { position: operation.items.size, state: 'pending', messageId, note: '' });
        return Promise.resolve();
      },
      claim(keys) {
        guard('claim');
        if (keys.length + operation.count('sending') > 200) throw new Error('More than 200 items are in the air.');
        return Promise.resolve(new Set(change(keys, ['pending'], 'sending')));
      },
      sent(keys) {
        guard('sent');
        operation.sent.push(...change(keys, ['sending'], 'sent'));
        return Promise.resolve();
      },
      notSent(keys) {
        guard('notSent');
        change(keys, ['sending'], 'pending');
        return Promise.resolve();
      },
      skip(items) {
        guard('skip');
        for (const { itemKey, note } of items) change([itemKey], ['pending', 'sending'], 'skipped', note);
        return Promise.resolve();
      },
      unknown(items) {
        guard('unknown');
        for (const { itemKey, note } of items) change([itemKey], ['sending'], 'unknown', note);
        return Promise.resolve();
      },
    },
  };
  return run;
}

export function testContext(contracts: ContractsInForce, operationId = 'look'): LeverContext {
  return { signal: new AbortController().signal, installation: 'test', operationId, contracts: () => contracts, logger: createLogger('test'), now: () => Date.now() };
}
