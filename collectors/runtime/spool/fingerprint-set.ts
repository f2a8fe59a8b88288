/** The first 128 bits of a SHA-256 decide: two different requests share them once in about 10^26 at five million requests. */
const WORDS = 4;

/**
 * A set of fingerprints in one flat array: 32 bytes per entry at worst, where a Set of strings takes ten times that.
 * Open addressing with linear probing; an all-zero slot is empty.
 */
export class FingerprintSet {
  #slots = new Uint32Array(1024 * WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(sha256: Buffer): boolean {
    return this.#find(this.#slots, sha256) < 0;
  }

  add(sha256: Buffer): void {
    if ((this.#size + 1) * 2 > this.#slots.length / WORDS) this.#grow();
    const free = this.#find(this.#slots, sha256);
    if (free < 0) return;
    for (let word = 0; word < WORDS; word++) this.#slots[free + word] = fingerprintWord(sha256, word);
    this.#size++;
  }

  /** @returns index of the free slot where the fingerprint belongs, or -1 when it is there */
  #find(slots: Uint32Array, sha256: Buffer): number {
    const mask = slots.length / WORDS - 1;
    const first = fingerprintWord(sha256, 0);
    for (let slot = first & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS;
      if (slots[at] === 0 && slots[at + 1] === 0 && slots[at + 2] === 0 && slots[at + 3] === 0) return at;
      if (slots[at] === first && slots[at + 1] === fingerprintWord(sha256, 1) && slots[at + 2] === fingerprintWord(sha256, 2) && slots[at + 3] === fingerprintWord(sha256, 3)) return -1;
    }
  }

  #grow(): void {
    const old = this.#slots;
    const grown = new Uint32Array(old.length * 2);
    const mask = grown.length / WORDS - 1;
    for (let at = 0; at < old.length; at += WORDS) {
      if (old[at] === 0 && old[at + 1] === 0 && old[at + 2] === 0 && old[at + 3] === 0) continue;
      let slot = old[at]! & mask;
      while (grown[slot * WORDS] !== 0 || grown[slot * WORDS + 1] !== 0 || grown[slot * WORDS + 2] !== 0 || grown[slot * WORDS + 3] !== 0) slot = (slot + 1) & mask;
      grown.set(old.subarray(at, at + WORDS), slot * WORDS);
    }
    this.#slots = grown;
  }
}

/** A word of the fingerprint; the lowest bit of the last one is set, so that no fingerprint is all zero. */
function fingerprintWord(sha256: Buffer, word: number): number {
  const value = sha256.readUInt32LE(word * 4);
  return word === WORDS - 1 ? (value | 1) >>> 0 : value;
}
