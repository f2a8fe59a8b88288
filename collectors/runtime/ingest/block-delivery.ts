import { setTimeout as pause } from 'node:timers/promises';
import { ClickHouseFailure, type ClickHouse } from '@/server/store/clickhouse/client';
import { readEngineLife } from '@/server/store/clickhouse/engine-life';
import { contentHash, countSpansOfBatch, deleteBatch, endInsert, insertSpans, rebuildRollups, saysBlockIsWrong } from '@/server/store/clickhouse/span-writer';
import type { Journal, JournaledBlock, JournaledGroup } from '../spool/journal';
import type { SpoolPosition } from '../spool/position';
import type { EncodedBlock } from './block-builder';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** The engine refuses the content of a block for good. */
export class BlockRefused extends Error {
  constructor(readonly failure: ClickHouseFailure) {
    super(failure.message);
    this.name = 'BlockRefused';
  }
}

/** Delivery was interrupted by a stop of the process; the journal holds what is open. */
export class DeliveryStopped extends Error {
  override readonly name = 'DeliveryStopped';
}

export interface DeliveryState {
  /** Since when ClickHouse has not taken blocks, Unix ms; null while it does. */
  failingSinceMs: number | null;
  lastError: string | null;
  lastInsertAtMs: number | null;
  insertedSpans: bigint;
  retries: number;
  engineRestarts: number;
  rebuiltMinutes: number;
}

/**
 * Brings groups of blocks into ClickHouse exactly once, one group at a time.
 *
 * In one life of the engine process a retry with the same token is safe: whatever the first try did, the block counts
 * once, in raw and in every rollup. After the engine died, its memory of tokens cannot be trusted (it may answer OK for
 * a block that is gone, or leave a rollup without it). Then each block whose outcome is unknown is looked up by its
 * BatchId before anything else is inserted: absent, it goes in under a token never used; present, the rollup minutes it
 * touches are made anew from raw.
 */
export class BlockDelivery {
  readonly state: DeliveryState = {
    failingSinceMs: null, lastError: null, lastInsertAtMs: null, insertedSpans: 0n, retries: 0, engineRestarts: 0, rebuiltMinutes: 0,
  };
  #life: string | null = null;

  constructor(
    readonly clickhouse: ClickHouse,
    readonly journal: Journal,
    readonly stop: AbortSignal,
  ) {}

  /**
   * Delivers blocks made for the first time.
   *
   * @throws BlockRefused when a block can never be inserted; DeliveryStopped when the process is stopping
   */
  async deliver(range: { from: SpoolPosition; to: SpoolPosition }, blocks: readonly EncodedBlock[]): Promise<void> {
    const life = (this.#life ??= await this.#untilAnswered(() => readEngineLife(this.clickhouse)));
    const group: JournaledGroup = { ...range, blocks: blocks.map((block) => this.#journaled(block, life)) };
    this.journal.begin(group);
    for (const [index, block] of blocks.entries()) await this.#insert(group, index, block, 'first try');
    this.journal.commit(range.to);
  }

  /** Finishes a group that a former life of this process had begun; `blocks` are made anew from the same records. */
  async resume(group: JournaledGroup, blocks: readonly EncodedBlock[]): Promise<void> {
    const current = structuredClone(group);
    for (const block of blocks) {
      const index = current.blocks.findIndex((journaled) => journaled.day === block.day);
      if (index >= 0) await this.#insert(current, index, block, 'unknown outcome');
    }
    this.journal.commit(group.to);
  }

  /** Finishes a rebuild of rollup minutes that was interrupted. Must run before anything is inserted. */
  async repairPending(): Promise<void> {
    const pending = this.journal.repair;
    if (!pending) return;
    await this.#untilAnswered(() => rebuildRollups(this.clickhouse, pending));
    this.state.rebuiltMinutes += pending.receivedMinutes.length;
    this.journal.endRepair();
  }

  async #insert(group: JournaledGroup, index: number, block: EncodedBlock, situation: 'first try' | 'unknown outcome'): Promise<void> {
    let uncertain = situation === 'unknown outcome';
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const journaled = group.blocks[index]!;
      if (uncertain) {
        if (await this.#restartedSince(journaled.life)) {
          if (await this.#settleAfterRestart(group, index, block)) return this.#inserted(block);
        } else if (situation === 'unknown outcome') {
          // The block may have been made under other contracts than the first try: raw keeps one of the two, so the
          // rollups must be made from what raw kept.
          this.#rememberRepair(journaled);
        }
      }
      try {
        const { token, life } = group.blocks[index]!;
        await insertSpans(this.clickhouse, { body: block.body, token });
        // A retry answered OK proves something only if the engine is still the one that knows the token.
        if (uncertain && (await this.#restartedSince(life))) continue;
        await this.repairPending();
        return this.#inserted(block);
      } catch (error) {
        if (!(error instanceof ClickHouseFailure)) throw error;
        if (error.answered && saysBlockIsWrong(error.code)) throw new BlockRefused(error);
        uncertain = true;
        await this.#failed(error, pauseMs);
      }
    }
  }

  /** @returns true when the block is in raw and all rollups; false when it is nowhere and has a new token */
  async #settleAfterRestart(group: JournaledGroup, index: number, block: EncodedBlock): Promise<boolean> {
    const journaled = group.blocks[index]!;
    this.state.engineRestarts++;
    await this.repairPending();
    const found = await this.#untilAnswered(async () => {
      await endInsert(this.clickhouse, journaled.token);
      return countSpansOfBatch(this.clickhouse, journaled);
    });
    if (found === journaled.rows) {
      this.#rememberRepair(journaled);
      await this.repairPending();
      return true;
    }
    if (found > 0) {
      await this.#untilAnswered(() => deleteBatch(this.clickhouse, journaled.batchId));
      this.#rememberRepair(journaled);
      await this.repairPending();
    }
    group.blocks[index] = { ...journaled, token: this.journal.nextToken(contentHash(block.body)), life: this.#life! };
    this.journal.begin(group);
    return false;
  }

  #rememberRepair(block: JournaledBlock): void {
    this.journal.beginRepair({ receivedMinutes: block.receivedMinutes, eventMinutes: block.eventMinutes, batchIds: [block.batchId] });
  }

  async #restartedSince(life: string): Promise<boolean> {
    this.#life = await this.#untilAnswered(() => readEngineLife(this.clickhouse));
    return this.#life !== life;
  }

  #journaled(block: EncodedBlock, life: string): JournaledBlock {
    return {
      batchId: block.batchId.toString(), day: block.day, rows: block.rows, token: this.journal.nextToken(contentHash(block.body)), life,
      receivedMinutes: block.receivedMinutes, eventMinutes: block.eventMinutes,
    };
  }

  #inserted(block: EncodedBlock): void {
    this.state.failingSinceMs = null;
    this.state.lastInsertAtMs = Date.now();
    this.state.insertedSpans += BigInt(block.rows);
  }

  /** Repeats a question until ClickHouse answers it. */
  async #untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await ask();
      } catch (error) {
        await this.#failed(error, pauseMs);
      }
    }
  }

  async #failed(error: unknown, pauseMs: number): Promise<void> {
    this.state.failingSinceMs ??= Date.now();
    this.state.lastError = error instanceof Error ? error.message : String(error);
    this.state.retries++;
    if (this.stop.aborted) throw new DeliveryStopped();
    await pause(pauseMs, undefined, { signal: this.stop }).catch(() => {
      throw new DeliveryStopped();
    });
  }
}
