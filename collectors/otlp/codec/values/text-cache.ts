const SLOTS = 4096;
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
    if (length > LONGEST) return this.transform(bytes.toString('utf8', pos, pos + length));
    let hash = length;
    for (let i = 1; i < length; i += 2) hash = Math.imul(hash ^ bytes[pos + i - 1]! ^ (bytes[pos + i]! << 8), 0x01000193);
    hash = Math.imul(hash ^ bytes[pos + length - 1]!, 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (isAscii(this.raw[slot]!, bytes, pos, length)) return this.texts[slot]!;
    const raw = bytes.toString('utf8', pos, pos + length);
    const text = this.transform(raw);
    this.raw[slot] = raw;
    this.texts[slot] = text;
    return text;
  }
}

/** Whether the text is made of exactly these bytes; never true for bytes beyond ASCII. */
function isAscii(text: string, bytes: Buffer, pos: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[pos + i]!;
    if (byte > 0x7f || text.charCodeAt(i) !== byte) return false;
  }
  return true;
}
