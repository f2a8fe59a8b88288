import { randomBytes, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { SpoolPosition } from './position';

const position = z.object({ segment: z.number().int(), offset: z.number().int() });

const journaledBlock = z.object({
  /** Decimal text of the 64-bit BatchId. */
  batchId: z.string(),
  /** UTC day of the spans' own time, which is the partition of the raw table. */
  day: z.string(),
  rows: z.number().int(),
  token: z.string(),
  /** Life of the engine process in which the token was, or may have been, first used. */
  life: z.string(),
  receivedMinutes: z.array(z.number().int()),
  eventMinutes: z.array(z.number().int()),
});
export type JournaledBlock = z.infer<typeof journaledBlock>;

const journaledGroup = z.object({
  from: position,
  to: position,
  blocks: z.array(journaledBlock),
});
export type JournaledGroup = z.infer<typeof journaledGroup>;

/** Rollup minutes to be made anew from raw, as Unix minutes, and the blocks that touched them. */
const repair = z.object({ receivedMinutes: z.array(z.number().int()), eventMinutes: z.array(z.number().int()), batchIds: z.array(z.string()) });
export type Repair = z.infer<typeof repair>;

const stateSchema = z.object({
  instance: z.uuid(),
  /** High half of every BatchId of this spool. */
  batchPrefix: z.number().int(),
  nextSequence: z.number().int(),
  /** Everything before it is in ClickHouse. */
  committed: position,
  group: journaledGroup.nullable(),
  repair: repair.nullable(),
});
type State = z.infer<typeof stateSchema>;

const COMPACT_AT_BYTES = 256 * 1024;

/**
 * What the writer was about to do, on disk before it does it: the group of records on its way to ClickHouse, and rollup
 * minutes that must be rebuilt. Each line is the part of the state that changed.
 */
export class Journal {
  readonly #file: string;
  #state: State;
  #handle: number;
  #bytes = 0;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.#file = join(dir, 'journal.jsonl');
    this.#state = existsSync(this.#file) ? readJournal(this.#file) : newState();
    this.#handle = openSync(this.#file, 'a', 0o600);
    this.#compact();
  }

  /** Identifies this spool among all receivers that write to the same ClickHouse. */
  get instance(): string {
    return this.#state.instance;
  }

  get committed(): SpoolPosition {
    return this.#state.committed;
  }

  /** The group whose outcome is not known, if the process ended in the middle of one. */
  get group(): JournaledGroup | null {
    return this.#state.group;
  }

  get repair(): Repair | null {
    return this.#state.repair;
  }

  /** A BatchId that no other block of any receiver has had. */
  nextBatchId(): bigint {
    return (BigInt(this.#state.batchPrefix) << 32n) | BigInt(this.#takeSequence());
  }

  /** A deduplication token that was never used before, not even by this spool. */
  nextToken(contentHash: string): string {
    return `${this.#state.instance}-${this.#takeSequence()}-${contentHash}`;
  }

  begin(group: JournaledGroup): void {
    this.#write({ group, nextSequence: this.#state.nextSequence });
  }

  /** The group is in ClickHouse, and so is everything before it. */
  commit(to: SpoolPosition): void {
    this.#write({ group: null, committed: to }, false);
  }

  beginRepair(needed: Repair): void {
    const before = this.#state.repair;
    this.#write({ repair: before ? mergeRepairs(before, needed) : needed });
  }

  endRepair(): void {
    this.#write({ repair: null });
  }

  #takeSequence(): number {
    const sequence = this.#state.nextSequence;
    if (sequence >= 2 ** 32) throw new Error('This spool has used up its 4,294,967,296 block numbers; start the collectors with a new data directory.');
    this.#state = { ...this.#state, nextSequence: sequence + 1 };
    return sequence;
  }

  /** @param sync false where losing the line only means asking ClickHouse once more */
  #write(change: Partial<State>, sync = true): void {
    this.#state = { ...this.#state, ...change };
    const line = `${JSON.stringify(change)}\n`;
    writeSync(this.#handle, line);
    if (sync) fdatasyncSync(this.#handle);
    this.#bytes += line.length;
    if (this.#bytes > COMPACT_AT_BYTES) this.#compact();
  }

  /** Replaces the history by the state, atomically. */
  #compact(): void {
    const fresh = `${this.#file}.new`;
    const content = `${JSON.stringify(this.#state)}\n`;
    writeFileSync(fresh, content, { mode: 0o600, flush: true });
    renameSync(fresh, this.#file);
    closeSync(this.#handle);
    this.#handle = openSync(this.#file, 'a', 0o600);
    this.#bytes = content.length;
    const folder = openSync(dirname(this.#file), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  close(): void {
    closeSync(this.#handle);
  }
}

function newState(): State {
  return {
    instance: randomUUID(), batchPrefix: randomBytes(4).readUInt32LE(0), nextSequence: 1,
    committed: { segment: 1, offset: 0 }, group: null, repair: null,
  };
}

/** Folds the lines; a last line cut short by a crash says something that was never acted on. */
function readJournal(file: string): State {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  const folded = lines.reduce<object>((state, line) => ({ ...state, ...(JSON.parse(line) as object) }), {});
  return Object.keys(folded).length === 0 ? newState() : stateSchema.parse(folded);
}

function mergeRepairs(a: Repair, b: Repair): Repair {
  const union = <T>(x: T[], y: T[]) => [...new Set([...x, ...y])];
  return {
    receivedMinutes: union(a.receivedMinutes, b.receivedMinutes),
    eventMinutes: union(a.eventMinutes, b.eventMinutes),
    batchIds: union(a.batchIds, b.batchIds),
  };
}
