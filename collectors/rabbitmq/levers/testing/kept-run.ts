/** An execution as the runtime would give it to a lever, with its journal in memory or in a file that outlives its process. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createLogger } from '@/collectors/runtime/logger';
import { FenceLost, type ItemJournal, type LeverRun } from '@/collectors/runtime/operations/levers';
import type { ContractsInForce } from '@/collectors/runtime/taps/connector';
import type { Json } from '@/server/domain/canonical-json';
import { itemMayBecome, MOST_SENDING, type ItemState } from '@/server/domain/operations/item-states';

export interface KeptItem {
  itemKey: string;
  messageId: string;
  position: number;
  state: ItemState;
  note: string;
}

interface Kept {
  recorded: Json;
  items: KeptItem[];
}

export class KeptRun implements LeverRun {
  readonly logger = createLogger('test');
  readonly installation = 'test';
  readonly now = Date.now;
  readonly fence = 1n;
  /** Every sentence that was shown. */
  readonly shown: string[] = [];
  isStopped = false;
  holds = true;
  /** Marks that a tap would have seen; null: no tap. */
  copies: ReadonlySet<string> | null = null;
  /** What stood where something was changed. */
  readonly edits: { at: string; to: string }[] = [];
  /** Where its life ends, as if its process had died there. */
  endsAt: 'edited' | 'sent' | null = null;
  mayAct: LeverRun['mayAct'] = () => Promise.resolve({ ok: true });
  #kept: Kept = { recorded: null, items: [] };
  readonly #abort = new AbortController();

  /** @param file where it is kept; absent: in memory */
  constructor(readonly operationId: string, readonly contracts: () => ContractsInForce, private readonly file: string | null = null) {
    if (file !== null && existsSync(file)) this.#kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get recorded(): Json {
    return this.#kept.recorded;
  }

  get items(): readonly KeptItem[] {
    return this.#kept.items;
  }

  isHeld(): boolean {
    return this.holds;
  }

  stopRequested(): boolean {
    return this.isStopped;
  }

  remember(record: Json): Promise<void> {
    this.#kept.recorded = structuredClone(record);
    return this.#keep();
  }

  edited(before: readonly { at: string; to: string }[]): Promise<void> {
    this.edits.push(...before);
    return this.#goesOn('edited');
  }

  progress({ sentence }: { sentence: string }): void {
    this.shown.push(sentence);
  }

  seenCopies(): Promise<ReadonlySet<string> | null> {
    return Promise.resolve(this.copies);
  }

  /** What a plan freezes for a replay. */
  want(itemKeys: readonly string[]): void {
    this.#kept.items = itemKeys.map((itemKey, position) => ({ itemKey, messageId: itemKey, position, state: 'pending', note: '' }));
    void this.#keep();
  }

  in(state: ItemState): string[] {
    return this.#kept.items.filter((item) => item.state === state).map(({ itemKey }) => itemKey);
  }

  readonly journal: ItemJournal = {
    open: () => Promise.resolve(this.#kept.items.filter(({ state }) => state === 'pending' || state === 'sending' || state === 'sent')
      .map(({ itemKey, messageId, position, state }) => ({ itemKey, messageId, position, state: state as 'pending' | 'sending' | 'sent' }))),
    add: (items) => {
      const known = new Set(this.#kept.items.map(({ itemKey }) => itemKey));
      for (const { itemKey, messageId } of items) if (!known.has(itemKey)) this.#kept.items.push({ itemKey, messageId, position: this.#kept.items.length, state: 'pending', note: '' });
      return this.#keep();
    },
    claim: async (itemKeys, sentBefore = []) => {
      await this.#become(sentBefore, 'sent');
      const free = MOST_SENDING - this.in('sending').length;
      const claimed = this.#kept.items.filter(({ itemKey, state }) => state === 'pending' && itemKeys.includes(itemKey)).slice(0, free);
      for (const item of claimed) item.state = 'sending';
      await this.#keep();
      return new Set(claimed.map(({ itemKey }) => itemKey));
    },
    sent: async (itemKeys) => {
      await this.#goesOn('sent');
      await this.#become(itemKeys, 'sent');
    },
    notSent: (itemKeys) => this.#become(itemKeys, 'pending'),
    skip: (items) => this.#become(items.map(({ itemKey }) => itemKey), 'skipped', new Map(items.map(({ itemKey, note }) => [itemKey, note]))),
    unknown: (items) => this.#become(items.map(({ itemKey }) => itemKey), 'unknown', new Map(items.map(({ itemKey, note }) => [itemKey, note]))),
  };

  #become(itemKeys: readonly string[], state: ItemState, notes = new Map<string, string>()): Promise<void> {
    for (const itemKey of itemKeys) {
      const item = this.#kept.items.find((one) => one.itemKey === itemKey);
      if (!item || !itemMayBecome(item.state, state)) return Promise.reject(new Error(`${itemKey} may not become ${state} from ${item?.state ?? 'nothing'}.`));
      item.state = state;
      item.note = notes.get(itemKey) ?? '';
    }
    return this.#keep();
  }

  #goesOn(at: KeptRun['endsAt']): Promise<void> {
    return this.endsAt === at ? Promise.reject(new FenceLost()) : Promise.resolve();
  }

  #keep(): Promise<void> {
    if (this.file !== null) {
      writeFileSync(`${this.file}.new`, JSON.stringify(this.#kept));
      renameSync(`${this.file}.new`, this.file);
    }
    return Promise.resolve();
  }
}
