import { setTimeout as pause } from 'node:timers/promises';
import type { Journal } from '../spool/journal';
import { isBefore, type SpoolPosition } from '../spool/position';
import type { SpoolRecord } from '../spool/record';
import { SpoolWriteError, type Appended, type Spool } from '../spool/spool';
import { BlockRefused, DeliveryStopped, type BlockDelivery } from './block-delivery';
import type { AppendOutcome, BlockBuilder } from './block-builder';
import { Group } from './group';
import type { Quarantine } from './quarantine';

/**
 * A block goes out at this many rows …
 * Measured at full load: 50,000 rows and 750 ms take a third less CPU of the engine per span than 20,000 rows and 200 ms,
 * because every insert writes a part in each of five tables that later has to be merged.
 */
const FULL_ROWS = 50_000;
/** … or bytes … */
const FULL_BYTES = 64 * 1024 * 1024;
/** … or when its first record is this old. */
const LINGER_MS = 750;
/** How much is read from the spool at once when catching up. */
const READ_BYTES = 4 * 1024 * 1024;
/** Groups held in memory while ClickHouse is slower than the senders; beyond that records wait on disk only. */
const MOST_WAITING_GROUPS = 4;

export interface ForwarderOptions {
  spool: Spool;
  journal: Journal;
  delivery: BlockDelivery;
  quarantine: Quarantine;
  newBuilder: () => BlockBuilder;
  /** Told about requests that had to be set aside, with how many. */
  onQuarantined: (reason: string, requests: number) => void;
  onError: (error: unknown) => void;
  stop: AbortSignal;
}

/**
 * Moves records from the spool to ClickHouse, in order. Two ways: *live*, a request is decoded once, on arrival, into the
 * open group; *catching up*, when the process starts or ClickHouse is behind, groups are made from records read back
 * from the spool, and memory stays bounded however long the outage lasts.
 */
export class Forwarder {
  readonly #o: ForwarderOptions;
  #live = false;
  #open: Group | null = null;
  #waiting: Group[] = [];
  #current: Group | null = null;
  /** Where reading from disk goes on; meaningful while not live. */
  #readFrom: SpoolPosition;
  #wake: () => void = () => undefined;

  constructor(options: ForwarderOptions) {
    this.#o = options;
    options.stop.addEventListener('abort', () => this.#wake(), { once: true });
    this.#readFrom = options.journal.committed;
  }

  get isLive(): boolean {
    return this.#live;
  }

  /**
   * Everything received before this instant is in ClickHouse (Unix ms).
   * @param nowMs the instant to answer when nothing waits
   */
  completeThroughMs(nowMs: number): number | null {
    if (!this.#live) return this.#current ? this.#current.firstReceivedAtMs : null;
    const oldest = this.#current ?? this.#waiting[0] ?? this.#open;
    return oldest ? Math.min(nowMs, oldest.firstReceivedAtMs) : nowMs;
  }

  /**
   * Live: decodes a request into the open group, and adds it for good only when `spoolIt` says that spans were accepted.
   * The caller has checked `isLive`.
   */
  take(decode: (builder: BlockBuilder) => AppendOutcome, spoolIt: () => Appended, nowMs: number): { outcome: AppendOutcome; appended: Appended | null } {
    const group = (this.#open ??= new Group(this.#o.newBuilder(), this.#o.spool.tail, nowMs));
    const outcome = decode(group.builder);
    if (outcome.accepted === 0) return { outcome, appended: null };
    const appended = spoolIt();
    group.extend(appended, nowMs);
    if (group.rows >= FULL_ROWS || group.builder.approximateBytes >= FULL_BYTES) this.#close(group);
    this.#wake();
    return { outcome, appended };
  }

  /** Runs until stopped. What is not delivered by then stays in the spool. */
  async run(): Promise<void> {
    const { stop } = this.#o;
    while (!stop.aborted) {
      try {
        await this.#resumeInterrupted();
        while (!stop.aborted) await this.#step();
      } catch (error) {
        if (error instanceof DeliveryStopped) return;
        // Nothing is lost: the records are in the spool. Start over from what the journal says is committed.
        this.#o.onError(error);
        this.#startOver(this.#o.journal.committed);
        await pause(1_000, undefined, { signal: stop }).catch(() => undefined);
      }
    }
  }

  /** Waits until everything in the spool is in ClickHouse, but not longer than this. */
  async drained(graceMs: number): Promise<void> {
    const end = performance.now() + graceMs;
    while (isBefore(this.#o.journal.committed, this.#o.spool.tail) && performance.now() < end && !this.#o.delivery.state.failingSinceMs) await pause(10);
  }

  async #step(): Promise<void> {
    const group = this.#waiting.shift() ?? (this.#live ? await this.#ripeGroup() : await this.#readGroup());
    if (!group) return;
    this.#current = group;
    try {
      await group.durable;
      await this.#deliver(group);
    } catch (error) {
      if (!(error instanceof SpoolWriteError)) throw error;
      // Requests of this group were refused after they had been decoded into it: make it anew from what is on disk.
      this.#startOver(this.#o.journal.committed);
    } finally {
      this.#current = null;
    }
  }

  async #deliver(group: Group): Promise<void> {
    const { delivery, journal, spool } = this.#o;
    const range = { from: group.from, to: group.to };
    try {
      await delivery.deliver(range, group.builder.finish(() => journal.nextBatchId()));
    } catch (error) {
      if (!(error instanceof BlockRefused)) throw error;
      await this.#setAside(range, error);
    }
    spool.release(journal.committed);
  }

  /** Finishes what a former life of this process left open. */
  async #resumeInterrupted(): Promise<void> {
    const { delivery, journal, spool } = this.#o;
    await delivery.repairPending();
    const open = journal.group;
    if (open) {
      const group = await this.#regroup(open.from, open.to);
      const batchIds = open.blocks.map((block) => BigInt(block.batchId));
      try {
        await delivery.resume(open, group.builder.finish(() => batchIds.shift() ?? journal.nextBatchId()));
      } catch (error) {
        if (!(error instanceof BlockRefused)) throw error;
        await this.#setAside(open, error);
      }
      spool.release(journal.committed);
    }
    if (!this.#live) this.#readFrom = journal.committed;
  }

  /** Live: waits for a group that is full or old enough. */
  async #ripeGroup(): Promise<Group | null> {
    const group = this.#open;
    const waitMs = group && group.rows > 0 ? group.openedAtMs + LINGER_MS - Date.now() : 1_000;
    // A clock set back must not hold a group for longer than it may linger.
    if (waitMs > 0) await this.#wakened(Math.min(waitMs, group && group.rows > 0 ? LINGER_MS : waitMs));
    if (this.#waiting.length > 0) return this.#waiting.shift()!;
    const ripe = this.#open;
    if (!ripe || ripe.rows === 0 || (Date.now() < ripe.openedAtMs + LINGER_MS && Date.now() >= ripe.openedAtMs)) return null;
    this.#open = null;
    return ripe;
  }

  /** Catching up: makes a group from disk, or goes live when there is nothing more to read. */
  async #readGroup(): Promise<Group | null> {
    const { spool } = this.#o;
    if (!isBefore(this.#readFrom, spool.tail)) {
      this.#live = true;
      return null;
    }
    const group = await this.#regroup(this.#readFrom);
    this.#readFrom = group.to;
    if (group.rows > 0) return group;
    // Only records that had to be set aside, or records whose write is still under way.
    if (isBefore(this.#o.journal.committed, group.to)) this.#o.journal.commit(group.to);
    else await this.#wakened(20);
    return null;
  }

  /** Makes a group from records on disk: exactly those up to `until`, or as many as fill it. */
  async #regroup(from: SpoolPosition, until?: SpoolPosition): Promise<Group> {
    const group = new Group(this.#o.newBuilder(), from, Date.now());
    const isFull = () => !until && (group.rows >= FULL_ROWS || group.builder.approximateBytes >= FULL_BYTES);
    const undecodable: SpoolRecord[] = [];
    while (!isFull()) {
      const placed = await this.#o.spool.read(group.to, { until, maxBytes: READ_BYTES });
      if (placed.length === 0) break;
      for (const each of placed) {
        if (!group.replay(each)) undecodable.push(each.record);
        if (isFull()) break;
      }
    }
    if (undecodable.length > 0) this.#keep(undecodable, 'undecodable');
    return group;
  }

  #keep(records: readonly SpoolRecord[], reason: string): void {
    this.#o.quarantine.keep(records, reason, Date.now());
    this.#o.onQuarantined(reason, records.length);
  }

  async #setAside(range: { from: SpoolPosition; to: SpoolPosition }, refusal: BlockRefused): Promise<void> {
    this.#o.onError(refusal);
    const placed = await this.#o.spool.read(range.from, { until: range.to, maxBytes: Infinity });
    const records = placed.map(({ record }) => record);
    this.#keep(records, 'refused-by-clickhouse');
    this.#o.journal.commit(range.to);
  }

  #close(group: Group): void {
    this.#open = null;
    if (this.#waiting.length < MOST_WAITING_GROUPS) {
      this.#waiting.push(group);
      return;
    }
    // ClickHouse is behind: what does not fit into memory is read back from disk when its turn comes.
    this.#live = false;
    this.#readFrom = group.from;
  }

  #startOver(from: SpoolPosition): void {
    this.#live = false;
    this.#open = null;
    this.#waiting = [];
    this.#readFrom = from;
  }

  #wakened(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#o.stop.aborted) this.#wake();
    });
  }
}
