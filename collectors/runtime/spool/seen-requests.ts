import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FingerprintSet } from './fingerprint-set';

/** How long an identical request body is recognised as a retry. OTLP clients give up long before. */
const REMEMBER_HOURS = 6;
const HOUR_MS = 3_600_000;
const ENTRY_BYTES = 40;

export interface SeenRequest {
  sha256: Buffer;
  receivedAtMs: number;
}

/**
 * Remembers the SHA-256 of accepted requests for six hours, so that a client's retry of an identical body is
 * acknowledged and not stored again. Requests still in a segment are known from there; before a segment is deleted its
 * entries go to a file per hour.
 */
export class SeenRequests {
  readonly #dir: string;
  readonly #hours = new Map<number, FingerprintSet>();

  constructor(dir: string, nowMs: number) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true });
    this.forgetOld(nowMs);
    for (const { hour, file } of this.#files()) {
      const content = readFileSync(file);
      for (let at = 0; at + ENTRY_BYTES <= content.length; at += ENTRY_BYTES) this.#set(hour).add(content.subarray(at, at + 32));
    }
  }

  has(sha256: Buffer): boolean {
    for (const set of this.#hours.values()) if (set.has(sha256)) return true;
    return false;
  }

  add(request: SeenRequest): void {
    this.#set(Math.floor(request.receivedAtMs / HOUR_MS)).add(request.sha256);
  }

  get size(): number {
    let size = 0;
    for (const set of this.#hours.values()) size += set.size;
    return size;
  }

  /** Makes entries durable. Called before the segment that proves them is deleted. */
  persist(requests: readonly SeenRequest[]): void {
    const byHour = new Map<number, Buffer[]>();
    for (const { sha256, receivedAtMs } of requests) {
      const entry = Buffer.alloc(ENTRY_BYTES);
      sha256.copy(entry);
      entry.writeBigUInt64LE(BigInt(receivedAtMs), 32);
      const hour = Math.floor(receivedAtMs / HOUR_MS);
      const entries = byHour.get(hour);
      if (entries) entries.push(entry);
      else byHour.set(hour, [entry]);
    }
    for (const [hour, entries] of byHour) {
      const file = openSync(join(this.#dir, `${hour}.seen`), 'a', 0o600);
      try {
        writeSync(file, Buffer.concat(entries));
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
    }
  }

  forgetOld(nowMs: number): void {
    const oldest = Math.floor(nowMs / HOUR_MS) - REMEMBER_HOURS;
    for (const hour of this.#hours.keys()) if (hour < oldest) this.#hours.delete(hour);
    for (const { hour, file } of this.#files()) if (hour < oldest) unlinkSync(file);
  }

  #set(hour: number): FingerprintSet {
    let set = this.#hours.get(hour);
    if (!set) this.#hours.set(hour, (set = new FingerprintSet()));
    return set;
  }

  #files(): { hour: number; file: string }[] {
    return readdirSync(this.#dir)
      .filter((name) => /^\d+\.seen$/.test(name))
      .map((name) => ({ hour: Number.parseInt(name, 10), file: join(this.#dir, name) }));
  }
}
