import type { AttributeKey, AttributeKeys } from './attribute-keys';
import type { Corrections } from './corrections';
import type { MapColumn } from './native/map-column';
import type { StringColumn } from './native/string-column';
import { redactUrl } from './privacy/identifiers';
import { maskText, maskUtf8 } from './privacy/mask';
import { ATTRIBUTE_SIZE, VALUE } from './protobuf/span-tape';
import { valueText } from './values/any-value-text';
import { isSameText, TextCache } from './values/text-cache';

/** Who carries the attributes: decides which of them the mapper gets to see. */
export type AttributeOwner = 'span' | 'resource' | 'event' | 'link';

/** Writes the attributes of one span, resource, event or link as a row of a map column, through the allow-list. */
export class AttributeWriter {
  private readonly texts = new TextCache();
  private readonly urls = new TextCache(redactUrl);
  private readonly lastTexts: string[] = [];
  private entries: (AttributeKey | null)[] = [];
  /** The keys of the last span, resource, event or link, by place. */
  private readonly guesses: Record<AttributeOwner, AttributeKey[]> = { span: [], resource: [], event: [], link: [] };
  /** By stored key id: the row in which the key was last seen, and its place there. */
  private seenInRow = new Float64Array(256);
  private seenAt = new Int32Array(256);
  private row = 0;
  private masked = new Map<string, number>();

  constructor(
    private readonly keys: AttributeKeys,
    private readonly corrections: Corrections,
  ) {}

  /**
   * Writes the `count` attributes that stand at `at` on the tape and returns the position after them.
   * `slots` receives, as text and unmasked, the values that the mapper asked for.
   */
  write(
    body: Buffer, tape: Int32Array, at: number, count: number, column: MapColumn, owner: AttributeOwner, slots: (string | undefined)[],
  ): number {
    this.resolveKeys(body, tape, at, count, this.guesses[owner]);
    for (let i = 0, pos = at; i < count; i++, pos += ATTRIBUTE_SIZE) {
      const key = this.entries[i];
      if (!key) continue;
      const slot = owner === 'span' ? key.spanSlot : owner === 'resource' ? key.resourceSlot : -1;
      column.appendKey(key.storedId, key.storedKey);
      const type = tape[pos + 2]!;
      const valuePos = tape[pos + 3]!;
      const length = tape[pos + 4]!;
      if (type === VALUE.string) {
        if (slot >= 0) slots[slot] = this.slotText(slot, body, valuePos, length);
        this.writeString(key, body, valuePos, length, column.values);
      } else {
        const text = valueText(body, type, valuePos, length);
        if (slot >= 0 && type !== VALUE.none) slots[slot] = text;
        this.writeText(key, text, column.values);
      }
    }
    column.endRow();
    return at + count * ATTRIBUTE_SIZE;
  }

  /** How many values were masked since the last call, by stored key. */
  takeMasked(): Map<string, number> {
    const masked = this.masked;
    this.masked = new Map();
    return masked;
  }

  /** Forgets keys when there are too many; no block may be open. */
  trimKeys(): void {
    if (this.keys.trim()) for (const guesses of Object.values(this.guesses)) guesses.length = 0;
  }

  countMasked(key: string): void {
    this.masked.set(key, (this.masked.get(key) ?? 0) + 1);
  }

  /** Fills `entries`; of attributes with the same key only the last one keeps its entry. */
  private resolveKeys(body: Buffer, tape: Int32Array, at: number, count: number, guesses: AttributeKey[]): void {
    const row = ++this.row;
    for (let i = 0, pos = at; i < count; i++, pos += ATTRIBUTE_SIZE) {
      const key = (guesses[i] = this.keys.resolve(body, tape[pos]!, tape[pos + 1]!, guesses[i]));
      if (key.invalidUtf8) this.corrections.add('invalid-utf8');
      const id = key.storedId;
      if (id >= this.seenInRow.length) this.growSeen(id);
      if (this.seenInRow[id] === row) {
        this.entries[this.seenAt[id]!] = null;
        this.corrections.add('duplicate-attribute');
      }
      this.seenInRow[id] = row;
      this.seenAt[id] = i;
      this.entries[i] = key;
    }
  }

  /** Many values are those of the span before, such as the address of a server. */
  private slotText(slot: number, body: Buffer, pos: number, length: number): string {
    const last = this.lastTexts[slot];
    if (last !== undefined && isSameText(last, body, pos, length)) return last;
    return (this.lastTexts[slot] = this.texts.get(body, pos, length));
  }

  private writeString(key: AttributeKey, body: Buffer, pos: number, length: number, values: StringColumn): void {
    switch (key.treatment) {
      case 'pass': values.appendUtf8(body, pos, length); return;
      case 'url': values.append(this.urls.get(body, pos, length)); return;
      case 'mask':
        values.appendEncoded(maskUtf8(body, pos, length));
        this.countMasked(key.storedKey);
    }
  }

  private writeText(key: AttributeKey, text: string, values: StringColumn): void {
    if (key.treatment === 'pass') {
      values.append(text);
    } else {
      values.append(maskText(text));
      this.countMasked(key.storedKey);
    }
  }

  private growSeen(id: number): void {
    const seenInRow = new Float64Array(Math.max(id + 1, this.seenInRow.length * 2));
    seenInRow.set(this.seenInRow);
    this.seenInRow = seenInRow;
    const seenAt = new Int32Array(seenInRow.length);
    seenAt.set(this.seenAt);
    this.seenAt = seenAt;
  }
}
