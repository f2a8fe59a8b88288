/** Reads the fields of a contract from spans, and counts what it did not find. */
import type { FlowContract, FlowField } from '../contracts/flow-schema';
import type { KeyToken, KeyTokenizer } from './key-token';
import type { SpanFacts } from './span-mapper';
import { compileSelector, type SlotTable, type SpanReader } from './span-selectors';

export interface FieldContext {
  /** Native value to id, by lookup id. */
  lookups: ReadonlyMap<string, ReadonlyMap<string, string>>;
  tokenizer: KeyTokenizer;
}

/** One field of one flow. Empty text means "not known"; whoever wants misses counted calls `read` with `counts`. */
export class FieldReader {
  missing = 0;
  lookupMissing = 0;
  invalid = 0;
  private readonly isToken: boolean;
  private readonly readers: readonly SpanReader[];
  private readonly lookup: ReadonlyMap<string, string> | null;
  private readonly letters: 'upper' | 'lower' | undefined;
  /** A miss counts only where the contract promised that spans carry the field. */
  private readonly isPromised: boolean;

  /** @param defaults selectors to read where the contract declares no such field */
  constructor(readonly name: string, field: FlowField | null, defaults: readonly string[], slots: SlotTable, private readonly context: FieldContext) {
    const readers = (field?.from ?? defaults).map((selector) => compileSelector(selector, slots));
    this.readers = readers.filter((reader) => reader !== null);
    this.lookup = field?.lookup === undefined ? null : (context.lookups.get(field.lookup) ?? new Map());
    this.letters = field?.letters;
    this.isToken = field?.token ?? false;
    this.isPromised = field !== null && this.readers.length > 0;
  }

  /** The value in clear: the first selector that finds one, in the contract's letters, through its lookup. */
  read(span: SpanFacts, counts: boolean): string {
    for (const reader of this.readers) {
      const value = reader(span);
      if (value !== undefined) return this.translate(value, counts);
    }
    if (counts && this.isPromised) this.missing++;
    return '';
  }

  /** The keyed token of a value that was read, or null where the field identifies nobody and its value may be stored. */
  tokenOf(value: string): KeyToken | null {
    return value === '' || !this.isToken ? null : this.context.tokenizer.tokenOf(value);
  }

  private translate(value: string, counts: boolean): string {
    const key = this.letters === undefined ? value : this.letters === 'upper' ? value.toUpperCase() : value.toLowerCase();
    if (this.lookup === null) return key;
    const id = this.lookup.get(key);
    if (id === undefined && counts) this.lookupMissing++;
    return id ?? '';
  }
}

/** Why an attempt failed, as a code that the contract knows; anything else is `UNCLASSIFIED`. */
export class ReasonReader {
  private readonly field: FieldReader;
  private readonly codes = new Map<string, string>();

  constructor(field: FlowField | null, reasons: NonNullable<FlowContract['spec']['deadLetter']>['reasons'], slots: SlotTable, context: FieldContext) {
    this.field = new FieldReader('reason', field, ['attr:error.type'], slots, context);
    for (const { code, native } of reasons) for (const value of [code, ...(native ?? [])]) this.codes.set(value, code);
  }

  read(span: SpanFacts): string {
    return this.codes.get(this.field.read(span, false)) ?? 'UNCLASSIFIED';
  }
}
