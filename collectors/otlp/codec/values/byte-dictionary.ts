import { randomInt } from 'node:crypto';

/** Per process, so that a sender cannot choose keys that all fall into one place of the table. */
const SEED = randomInt(2 ** 32 - 1) | 0;

/** Numbers distinct byte sequences in the order of their first appearance, without making strings of them. */
export class ByteDictionary {
  /** Open addressing; 0 is free, else id + 1. */
  private table = new Int32Array(512);
  private hashes = new Int32Array(256);
  private starts = new Int32Array(257);
  private arena = new Uint8Array(8192);
  size = 0;

  /** The number of the `length` bytes at `pos`; equal to the previous `size` when they are new. */
  intern(bytes: Uint8Array, pos: number, length: number): number {
    let hash = SEED ^ length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[pos + i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.table.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.table[slot]! - 1;
      if (id < 0) return this.add(slot, hash, bytes, pos, length);
      if (this.hashes[id] === hash && this.equals(id, bytes, pos, length)) return id;
      slot = (slot + 1) & mask;
    }
  }

  clear(): void {
    this.table.fill(0);
    this.size = 0;
  }

  private equals(id: number, bytes: Uint8Array, pos: number, length: number): boolean {
    const start = this.starts[id]!;
    if (this.starts[id + 1]! - start !== length) return false;
    const arena = this.arena;
    for (let i = 0; i < length; i++) if (arena[start + i] !== bytes[pos + i]) return false;
    return true;
  }

  private add(slot: number, hash: number, bytes: Uint8Array, pos: number, length: number): number {
    const id = this.size++;
    if (id === this.hashes.length) this.growEntries();
    const start = this.starts[id]!;
    if (start + length > this.arena.length) {
      const grown = new Uint8Array(Math.max(start + length, this.arena.length * 2));
      grown.set(this.arena);
      this.arena = grown;
    }
    this.arena.set(bytes.subarray(pos, pos + length), start);
    this.starts[id + 1] = start + length;
    this.hashes[id] = hash;
    this.table[slot] = id + 1;
    if (this.size * 2 > this.table.length) this.growTable();
    return id;
  }

  private growEntries(): void {
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const starts = new Int32Array(hashes.length + 1);
    starts.set(this.starts);
    this.starts = starts;
  }

  private growTable(): void {
    this.table = new Int32Array(this.table.length * 2);
    const mask = this.table.length - 1;
    for (let id = 0; id < this.size; id++) {
      let slot = this.hashes[id]! & mask;
      while (this.table[slot] !== 0) slot = (slot + 1) & mask;
      this.table[slot] = id + 1;
    }
  }
}
