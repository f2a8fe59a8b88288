import { OtlpDecodeError } from '../decode-error';

/**
 * The index of one request: where each value of each span stands in the body, as integers in one reused array.
 * Indexing does all the checking, so that what follows reads the tape once, in order, and cannot fail half way.
 *
 *   resource: [RESOURCE, attributeCount, attribute*]
 *   scope:    [SCOPE, namePos, nameLength, versionPos, versionLength]
 *   span:     [SPAN, fixed fields in the order of SPAN_FIELD, attribute*, event*, link*]
 *   refused:  [REFUSED_SPAN, index into REFUSALS]
 *
 *   attribute: keyPos, keyLength, value type (VALUE), valuePos, valueLength
 *   event:     timePos, namePos, nameLength, attributeCount, attribute*
 *   link:      traceIdPos, traceIdLength, spanIdPos, spanIdLength, statePos, stateLength, attributeCount, attribute*
 *
 * A position of a fixed-size field that was not sent is -1; a text or id that was not sent has length 0.
 */
export const ENTRY = { resource: 1, scope: 2, span: 3, refusedSpan: 4 } as const;
export const ATTRIBUTE_SIZE = 5;
export const SPAN_FIELD = {
  traceId: 0, spanId: 1, parentId: 2, parentIdLength: 3, state: 4, stateLength: 5, name: 6, nameLength: 7, kind: 8,
  start: 9, end: 10, statusCode: 11, statusMessage: 12, statusMessageLength: 13, attributes: 14, events: 15, links: 16,
  /** Where the next entry of the tape begins. */
  next: 17,
} as const;
export const SPAN_FIELD_COUNT = 18;
/** Alternatives of AnyValue, by field number; 0 is a value that was not sent. */
export const VALUE = { none: 0, string: 1, bool: 2, int: 3, double: 4, array: 5, map: 6, bytes: 7 } as const;
/** Why a span is refused before its attributes are looked at. */
export const REFUSALS = ['invalid-trace-id', 'invalid-span-id'] as const;

/** A tape this long holds any usual request; one that grew longer is given back after use. */
const KEPT_LENGTH = 1 << 20;
/** Real requests need well below one integer per byte; thousands of empty messages need more, and would fill the memory. */
const MOST_PER_BYTE = 1;

export class SpanTape {
  data = new Int32Array(16_384);
  length = 0;
  private limit = 0;

  /** Empties the tape for a request of `bodyBytes`. */
  clear(bodyBytes: number): void {
    this.length = 0;
    this.limit = 4096 + bodyBytes * MOST_PER_BYTE;
    if (this.data.length > KEPT_LENGTH) this.data = new Int32Array(16_384);
  }

  /** Makes room for `count` more integers and returns the position of the first. */
  reserve(count: number): number {
    const at = this.length;
    this.length = at + count;
    if (this.length > this.limit) throw new OtlpDecodeError('Not an OTLP trace request: it consists mostly of empty messages.');
    if (this.length > this.data.length) {
      const grown = new Int32Array(Math.max(this.length, this.data.length * 2));
      grown.set(this.data.subarray(0, at));
      this.data = grown;
    }
    return at;
  }
}
