/** Reads the fields of a contract from spans and from what taps see, and counts what it did not find. */
import type { FlowContract, FlowField } from '../contracts/flow-schema';
import type { KeyToken, KeyTokenizer } from './key-token';

/** Reads one value: trimmed; undefined when it is absent, empty or too long. */
export type ValueReader<F> = (facts: F) => string | undefined;

/** The reader of a selector, or null where facts of this kind cannot answer it. */
export type CompileSelector<F> = (selector: string) => ValueReader<F> | null;

export interface FieldContext {
  /** Native value to id, by lookup id. */
  lookups: ReadonlyMap<string, ReadonlyMap<string, string>>;
  tokenizer: KeyTokenizer;
}

/** One field of one flow. Empty text means "not known"; whoever wants misses counted calls `read` with `counts`. */
export class FieldReader<F> {
  missing = 0;
  lookupMissing = 0;
  invalid = 0;
  private readonly isToken: boolean;
  private readonly readers: readonly ValueReader<F>[];
  private readonly lookup: ReadonlyMap<string, string> | null;
  private readonly letters: 'upper' | 'lower' | undefined;
  /** A miss counts only where the contract promised that facts of this kind carry the field. */
  private readonly isPromised: boolean;

  /** @param defaults selectors to read where the contract declares no such field */
  constructor(readonly name: string, field: FlowField | null, defaults: readonly string[], compile: CompileSelector<F>, private readonly context: FieldContext) {
    this.readers = (field?.from ?? defaults).map(compile).filter((reader) => reader !== null);
    this.lookup = field?.lookup === undefined ? null : (context.lookups.get(field.lookup) ?? new Map());
    this.letters = field?.letters;
    this.isToken = field?.token ?? false;
    this.isPromised = field !== null && this.readers.length > 0;
  }

  /** The value in clear: the first selector that finds one, in the contract's letters, through its lookup. */
  read(facts: F, counts: boolean): string {
    for (const reader of this.readers) {
      const value = reader(facts);
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
export class ReasonReader<F> {
  private readonly field: FieldReader<F>;
  private readonly codes = new Map<string, string>();

  constructor(field: FlowField | null, reasons: NonNullable<FlowContract['spec']['deadLetter']>['reasons'], compile: CompileSelector<F>, context: FieldContext) {
    this.field = new FieldReader('reason', field, ['attr:error.type'], compile, context);
    for (const { code, native } of reasons) for (const value of [code, ...(native ?? [])]) this.codes.set(value, code);
  }

  /** @param native what the technology calls the reason, where the field finds none */
  read(facts: F, native = ''): string {
    return this.codes.get(this.field.read(facts, false) || native) ?? 'UNCLASSIFIED';
  }
}
