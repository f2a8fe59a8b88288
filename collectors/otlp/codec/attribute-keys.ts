import type { AttributeAllowList, Treatment } from './privacy/attribute-allow-list';
import { ByteDictionary } from './values/byte-dictionary';

/** More distinct keys than this are forgotten when no block is open, so that a noisy sender cannot fill the memory. */
const MOST_KEYS = 20_000;

export interface AttributeKey {
  /** Stands for `storedKey` in the key columns; the same for all keys that are stored under one name. */
  readonly storedId: number;
  readonly storedKey: string;
  readonly treatment: Treatment;
  /** Where the mapper wants the value of this key on a span and on a resource, or -1. */
  readonly spanSlot: number;
  readonly resourceSlot: number;
  readonly invalidUtf8: boolean;
  /** The key as it was sent. */
  readonly bytes: Uint8Array;
}

/** Everything about an attribute key, worked out once per distinct key. */
export class AttributeKeys {
  private readonly dictionary = new ByteDictionary();
  private keys: AttributeKey[] = [];
  private storedIds = new Map<string, number>();
  private readonly spanSlots: ReadonlyMap<string, number>;
  private readonly resourceSlots: ReadonlyMap<string, number>;

  constructor(
    private readonly allowList: AttributeAllowList,
    mapper: { readonly spanKeys: readonly string[]; readonly resourceKeys: readonly string[] },
  ) {
    this.spanSlots = new Map(mapper.spanKeys.map((key, slot) => [key, slot]));
    this.resourceSlots = new Map(mapper.resourceKeys.map((key, slot) => [key, slot]));
  }

  /** `guess` is tried first: most spans have the keys of the span before, in the same order. */
  resolve(bytes: Buffer, pos: number, length: number, guess: AttributeKey | null | undefined): AttributeKey {
    if (guess && isSame(guess.bytes, bytes, pos, length)) return guess;
    const id = this.dictionary.intern(bytes, pos, length);
    return id < this.keys.length ? this.keys[id]! : this.add(bytes.toString('utf8', pos, pos + length), bytes.subarray(pos, pos + length));
  }

  /** Forgets all keys if there are too many, and says so. Stored ids change, so no block may be open. */
  trim(): boolean {
    if (this.keys.length <= MOST_KEYS) return false;
    this.dictionary.clear();
    this.keys = [];
    this.storedIds = new Map();
    return true;
  }

  private add(key: string, bytes: Buffer): AttributeKey {
    const { storedKey, treatment } = this.allowList.ruleFor(key);
    let storedId = this.storedIds.get(storedKey);
    if (storedId === undefined) {
      storedId = this.storedIds.size;
      this.storedIds.set(storedKey, storedId);
    }
    const entry = {
      storedId, storedKey, treatment,
      spanSlot: this.spanSlots.get(key) ?? -1,
      resourceSlot: this.resourceSlots.get(key) ?? -1,
      bytes: Uint8Array.from(bytes),
      invalidUtf8: key.includes('\uFFFD') && !bytes.equals(Buffer.from(key)),
    };
    this.keys.push(entry);
    return entry;
  }
}

function isSame(key: Uint8Array, bytes: Uint8Array, pos: number, length: number): boolean {
  if (key.length !== length) return false;
  for (let i = length - 1; i >= 0; i--) if (key[i] !== bytes[pos + i]) return false;
  return true;
}
