const SLOTS = 8192;
/** Longer texts are rarely the same twice, and comparing them costs as much as making them. */
const LONGEST = 64;

/**
 * Makes strings of UTF-8 bytes, and remembers the most recent ones in a table of fixed size: telemetry repeats itself,
 * and a string that exists already costs neither memory nor, as a key of a Map, a new hash.
 */
export class TextCache {
  private readonly raw = new Array<string>(SLOTS).fill('');
  private readonly texts: string[];

  /** @param transform What is done to every text; has to give the same result for the same text. */
  constructor(private readonly transform: (text: string) => string = (text) => text) {
    this.texts = new Array<string>(SLOTS).fill(transform(''));
  }

  get(bytes: Buffer, pos: number, length: number): string {
    if (length === 0 || length > LONGEST) return this.transform(bytes.toString('utf8', pos, pos + length));
    let hash = length;
    let seen = 0;
    for (let i = 1; i < length; i += 2) {
      const pair = bytes[pos + i - 1]! | (bytes[pos + i]! << 8);
      seen |= pair;
      hash = Math.imul(hash ^ pair, 0x01000193);
    }
    const last = bytes[pos + length - 1]!;
    hash = Math.imul(hash ^ last, 0x01000193);
    // Beyond ASCII a byte is not a character; such texts are made anew each time.
    if (((seen | last) & 0x8080) !== 0) return this.transform(bytes.toString('utf8', pos, pos + length));
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (isSameText(this.raw[slot]!, bytes, pos, length)) return this.texts[slot]!;
    const raw = bytes.toString('latin1', pos, pos + length);
    const text = this.transform(raw);
    this.raw[slot] = raw;
    this.texts[slot] = text;
    return text;
  }
}

/** Whether the text is made of exactly these bytes; never true for bytes beyond ASCII. Ids differ at their end first. */
export function isSameText(text: string, bytes: Uint8Array, pos: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = length - 1; i >= 0; i--) {
    const byte = bytes[pos + i]!;
    if (byte > 0x7f || text.charCodeAt(i) !== byte) return false;
  }
  return true;
}
