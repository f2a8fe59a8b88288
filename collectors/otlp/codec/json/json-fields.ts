import { OtlpDecodeError } from '../decode-error';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Typed access to parsed JSON that knows where it is: errors name the path, never the value. `null` means absent. */
export class JsonFields {
  private readonly path: (string | number)[] = [];

  /** Calls back with each element of an array of objects. */
  eachObject(parent: JsonObject, name: string, visit: (element: JsonObject) => void): void {
    this.eachElement(parent, name, (element) => visit(this.asObject(element)));
  }

  eachElement(parent: JsonObject, name: string, visit: (element: unknown) => void): void {
    const value = parent[name];
    if (value === undefined || value === null) return;
    this.path.push(name);
    if (!Array.isArray(value)) throw this.failure('is not an array');
    for (let i = 0; i < value.length; i++) {
      this.path.push(i);
      visit(value[i]);
      this.path.pop();
    }
    this.path.pop();
  }

  withObject(parent: JsonObject, name: string, visit: (value: JsonObject) => void): void {
    const value = parent[name];
    if (value === undefined || value === null) return;
    this.path.push(name);
    visit(this.asObject(value));
    this.path.pop();
  }

  asObject(value: unknown): JsonObject {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.failure('is not an object');
    return value as JsonObject;
  }

  /** The text of a field, or the empty string when it is absent. */
  text(parent: JsonObject, name: string): string {
    const value = parent[name];
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw this.failure('is not a string', name);
    return value;
  }

  /** A 64-bit integer, sent as a string or as a number. */
  integer(value: unknown, name: string, signed: boolean): bigint {
    let integer: bigint;
    if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) integer = BigInt(value);
    else if (typeof value === 'number' && Number.isInteger(value)) integer = BigInt(value);
    else throw this.failure('is not an integer', name);
    if (integer !== (signed ? BigInt.asIntN(64, integer) : BigInt.asUintN(64, integer))) {
      throw this.failure('is not a 64-bit integer', name);
    }
    return integer;
  }

  /** An enum, which OTLP/JSON sends as its number; its name is tolerated. Other numbers are 0, "unspecified". */
  enumeration(parent: JsonObject, name: string, names: readonly string[]): number {
    const value = parent[name];
    if (value === undefined || value === null) return 0;
    if (typeof value === 'number' && Number.isInteger(value)) return value >= 0 && value < names.length ? value : 0;
    if (typeof value !== 'string') throw this.failure('is not a number of the enum', name);
    return Math.max(0, names.indexOf(value));
  }

  failure(what: string, name?: string): OtlpDecodeError {
    const path = [...this.path, ...(name === undefined ? [] : [name])];
    const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('').replace(/^\./, '');
    return new OtlpDecodeError(`Not an OTLP trace request: ${text || 'the JSON text'} ${what}.`);
  }
}
