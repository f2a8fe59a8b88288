import { copyFileSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { open, truncate, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isBefore, type SpoolPosition } from './position';
import { decodeRecord, encodeRecord, recordBytes, type SpoolRecord } from './record';
import { SeenRequests, type SeenRequest } from './seen-requests';
import { SegmentFolder } from './segments';

export interface SpoolOptions {
  dir: string;
  /** Bytes of segments at which the spool refuses more. */
  maxBytes: number;
  /** Size at which a new segment is begun. */
  segmentBytes?: number;
  /** What has been committed already: new records go behind it, even if the segments were removed by hand. */
  notBefore?: SpoolPosition;
  now?: () => number;
}

export interface Appended {
  from: SpoolPosition;
  to: SpoolPosition;
  /** Resolves when the record survives a crash; rejects with SpoolWriteError when it could not be written. */
  durable: Promise<void>;
}

export interface PlacedRecord {
  record: SpoolRecord;
  /** Where the record ends. */
  to: SpoolPosition;
}

/** The spool holds as much as it may; what is refused now can be sent again later. */
export class SpoolFull extends Error {
  constructor(readonly usedBytes: number, readonly maxBytes: number) {
    super(`The spool is full (${usedBytes} of ${maxBytes} bytes): ClickHouse takes data slower than it arrives, or not at all. Nothing accepted is lost; senders are asked to try again.`);
    this.name = 'SpoolFull';
  }
}

/** Writing to the spool's disk failed; the requests concerned were not acknowledged. */
export class SpoolWriteError extends Error {
  constructor(dir: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code;
    super(code === 'ENOSPC' || code === 'EDQUOT'
      ? `The disk of the spool ${dir} is full; free space or move SIGNALBOX_DATA_DIR. Senders are asked to try again.`
      : `Writing to the spool ${dir} failed (${code ?? String(cause)}). Senders are asked to try again.`, { cause });
    this.name = 'SpoolWriteError';
  }
}

/** A segment whose checksums fail in the middle: the intact beginning is processed, a copy of the whole is kept. */
export interface SpoolDamage {
  keptAs: string;
  atOffset: number;
}

interface Waiting {
  bytes: Buffer;
  at: SpoolPosition;
  resolve: () => void;
  reject: (error: Error) => void;
}

const DEFAULT_SEGMENT_BYTES = 64 * 1024 * 1024;
/** How much is read from a segment at once when catching up; a longer record is read whole. */
const READ_CHUNK_BYTES = 16 * 1024 * 1024;

/**
 * The write-ahead log of a receiver: a request is acknowledged when its record is on disk here, and leaves when
 * ClickHouse has it. Appends that arrive while a write is under way share the next write and one fdatasync.
 */
export class Spool {
  readonly #options: Required<Omit<SpoolOptions, 'notBefore'>>;
  readonly #segments: SegmentFolder;
  readonly #seen: SeenRequests;
  /** Requests whose record is being written, by hash: a retry that overtakes its first try waits for the same write. */
  readonly #writing = new Map<string, Promise<void>>();
  /** What stands in each segment, to be remembered when it is deleted. */
  readonly #contents = new Map<number, SeenRequest[]>();
  readonly #damage: SpoolDamage[] = [];
  #bytes = 0;
  #tail: SpoolPosition;
  #durable: SpoolPosition;
  #queue: Waiting[] = [];
  #flushing: Promise<void> | null = null;
  #file: { segment: number; handle: FileHandle } | null = null;

  constructor(options: SpoolOptions) {
    this.#options = { segmentBytes: DEFAULT_SEGMENT_BYTES, now: Date.now, ...options };
    this.#segments = new SegmentFolder(join(options.dir, 'segments'));
    this.#seen = new SeenRequests(join(options.dir, 'seen'), this.#options.now());
    this.#tail = this.#durable = this.#recover(options.notBefore);
  }

  /** Where the next record will be written. */
  get tail(): SpoolPosition {
    return this.#tail;
  }

  /** Everything before this place survives a crash. */
  get durableTail(): SpoolPosition {
    return this.#durable;
  }

  get usedBytes(): number {
    return this.#bytes;
  }

  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  get rememberedRequests(): number {
    return this.#seen.size;
  }

  /** Segments found damaged at start. */
  get damage(): readonly SpoolDamage[] {
    return this.#damage;
  }

  /**
   * @returns a promise that resolves once the first try of this request is durable (at once when it is), or null when
   * the request is new
   */
  seen(sha256: Buffer): Promise<void> | null {
    return this.#writing.get(sha256.toString('latin1')) ?? (this.#seen.has(sha256) ? Promise.resolve() : null);
  }

  /** @throws SpoolFull when the record does not fit */
  ensureRoom(bodyLength: number): void {
    if (this.#bytes + recordBytes(bodyLength) > this.#options.maxBytes) throw new SpoolFull(this.#bytes, this.#options.maxBytes);
  }

  /** Takes the next place in the spool at once; the returned promise says when the record is safe. */
  append(record: SpoolRecord): Appended {
    const bytes = encodeRecord(record);
    if (this.#tail.offset > 0 && this.#tail.offset + bytes.length > this.#options.segmentBytes) {
      this.#tail = { segment: this.#tail.segment + 1, offset: 0 };
    }
    const from = this.#tail;
    const to = { segment: from.segment, offset: from.offset + bytes.length };
    this.#tail = to;
    this.#bytes += bytes.length;
    const key = record.sha256.toString('latin1');
    const seen = { sha256: Buffer.from(record.sha256), receivedAtMs: record.receivedAtMs };
    const written = new Promise<void>((resolve, reject) => this.#queue.push({ bytes, at: from, resolve, reject }));
    const durable = written.then(() => {
      this.#seen.add(seen);
      this.#contentsOf(from.segment).push(seen);
    }).finally(() => this.#writing.delete(key));
    this.#writing.set(key, durable);
    durable.catch(() => undefined);
    this.#flushing ??= this.#flush();
    return { from, to, durable };
  }

  /**
   * Durable records from a place on, in order: up to `until` (default: all that is durable), and no more than begin
   * within `maxBytes`, yet at least one.
   */
  async read(from: SpoolPosition, limits: { until?: SpoolPosition; maxBytes: number }): Promise<PlacedRecord[]> {
    const placed: PlacedRecord[] = [];
    const end = limits.until ?? this.#durable;
    let next = from;
    let bytes = 0;
    while (isBefore(next, end) && bytes < limits.maxBytes) {
      const chunk = await this.#readChunk(next, end);
      let at = 0;
      for (let record = decodeRecord(chunk, at); typeof record === 'object' && bytes < limits.maxBytes; record = decodeRecord(chunk, at)) {
        const length = recordBytes(record.body.length);
        at += length;
        bytes += length;
        next = { segment: next.segment, offset: next.offset + length };
        placed.push({ record, to: next });
      }
      // Half a record at the end of a chunk is read again from its beginning; an empty chunk is the end of a segment.
      if (chunk.length === 0 && next.segment < end.segment) next = { segment: this.#nextSegment(next.segment), offset: 0 };
    }
    return placed;
  }

  /** Deletes segments that lie wholly before a place, after making the hashes of their requests durable. */
  release(before: SpoolPosition): void {
    for (const { segment, bytes } of this.#segments.list()) {
      if (segment >= before.segment) break;
      this.#seen.persist(this.#contents.get(segment) ?? []);
      this.#segments.remove(segment);
      this.#contents.delete(segment);
      this.#bytes -= bytes;
    }
    this.#seen.forgetOld(this.#options.now());
  }

  /** Waits for writes under way and closes the segment. */
  async close(): Promise<void> {
    while (this.#flushing) await this.#flushing;
    await this.#file?.handle.close();
    this.#file = null;
  }

  async #flush(): Promise<void> {
    // One turn of the event loop lets the requests that arrived together share a write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const group = this.#queue;
      this.#queue = [];
      try {
        await this.#write(group);
        const last = group[group.length - 1]!;
        this.#durable = { segment: last.at.segment, offset: last.at.offset + last.bytes.length };
        for (const waiting of group) waiting.resolve();
      } catch (error) {
        await this.#giveBack([...group, ...this.#queue.splice(0)], new SpoolWriteError(this.#options.dir, error));
      }
    }
    this.#flushing = null;
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    for (let start = 0; start < group.length; ) {
      const { segment, offset } = group[start]!.at;
      let end = start;
      while (end < group.length && group[end]!.at.segment === segment) end++;
      const handle = await this.#open(segment);
      const bytes = Buffer.concat(group.slice(start, end).map((waiting) => waiting.bytes));
      for (let written = 0; written < bytes.length; ) {
        written += (await handle.write(bytes, written, bytes.length - written, offset + written)).bytesWritten;
      }
      await handle.datasync();
      start = end;
    }
  }

  /** A failed write leaves no trace: the tail returns to the last durable record, and every waiting request is told. */
  async #giveBack(failed: readonly Waiting[], error: SpoolWriteError): Promise<void> {
    for (const waiting of failed) this.#bytes -= waiting.bytes.length;
    this.#tail = this.#durable;
    try {
      await this.#file?.handle.close();
      this.#file = null;
      for (const { segment } of this.#segments.list()) {
        if (segment > this.#durable.segment) this.#segments.remove(segment);
        else if (segment === this.#durable.segment) await truncate(this.#segments.path(segment), this.#durable.offset);
      }
    } catch {
      // What could not be cut off is overwritten by the next record, or found torn and cut at the next start.
    }
    for (const waiting of failed) waiting.reject(error);
  }

  async #open(segment: number): Promise<FileHandle> {
    if (this.#file?.segment === segment) return this.#file.handle;
    await this.#file?.handle.close();
    this.#file = null;
    const handle = await open(this.#segments.path(segment), segment === this.#durable.segment && this.#durable.offset > 0 ? 'r+' : 'w', 0o600);
    this.#file = { segment, handle };
    this.#segments.syncFolder();
    return handle;
  }

  /** From `at` to the end of its segment or `end`, at most a chunk, at least a whole record. */
  async #readChunk(at: SpoolPosition, end: SpoolPosition): Promise<Buffer> {
    const file = this.#segments.path(at.segment);
    const handle = await open(file, 'r');
    try {
      const stop = at.segment === end.segment ? end.offset : (await handle.stat()).size;
      const chunk = await readFully(handle, at.offset, Math.min(stop - at.offset, READ_CHUNK_BYTES));
      if (chunk.length === 0 || typeof decodeRecord(chunk, 0) === 'object') return chunk;
      const rest = await readFully(handle, at.offset, stop - at.offset);
      if (typeof decodeRecord(rest, 0) === 'object') return rest;
      throw new Error(`The spool segment ${file} is damaged at byte ${at.offset}; restart the collectors to set the damaged part aside.`);
    } finally {
      await handle.close();
    }
  }

  /** Reads all segments: rebuilds the memory of seen requests, cuts a torn tail, keeps a copy of damaged segments. */
  #recover(notBefore: SpoolPosition | undefined): SpoolPosition {
    const found = this.#segments.list();
    let tail: SpoolPosition = { segment: 1, offset: 0 };
    for (const [index, { segment, bytes }] of found.entries()) {
      const content = readFileSync(this.#segments.path(segment));
      let offset = 0;
      let record = decodeRecord(content, offset);
      while (typeof record === 'object') {
        const seen = { sha256: Buffer.from(record.sha256), receivedAtMs: record.receivedAtMs };
        this.#seen.add(seen);
        this.#contentsOf(segment).push(seen);
        offset += recordBytes(record.body.length);
        record = decodeRecord(content, offset);
      }
      // At the end of the last segment an unfinished record is one that was never acknowledged.
      if (offset < bytes && index < found.length - 1) this.#keepDamaged(segment, offset);
      if (offset < bytes) truncateSync(this.#segments.path(segment), offset);
      this.#bytes += offset;
      tail = { segment, offset };
    }
    return notBefore && isBefore(tail, notBefore) ? { segment: notBefore.segment + 1, offset: 0 } : tail;
  }

  #keepDamaged(segment: number, atOffset: number): void {
    const folder = join(this.#options.dir, 'quarantine');
    mkdirSync(folder, { recursive: true });
    const file = this.#segments.path(segment);
    const keptAs = join(folder, `damaged-${this.#options.now()}-${basename(file)}`);
    copyFileSync(file, keptAs);
    this.#damage.push({ keptAs, atOffset });
  }

  #contentsOf(segment: number): SeenRequest[] {
    let contents = this.#contents.get(segment);
    if (!contents) this.#contents.set(segment, (contents = []));
    return contents;
  }

  #nextSegment(after: number): number {
    return this.#segments.list().find(({ segment }) => segment > after)?.segment ?? after + 1;
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
