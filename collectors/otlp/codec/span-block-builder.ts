import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import { type CorrectionKind, Corrections } from './corrections';
import { transcodeJson } from './json/json-request';
import type { AttributeAllowList } from './privacy/attribute-allow-list';
import { ATTRIBUTE_SIZE, ENTRY, REFUSALS, SPAN_FIELD, SpanTape } from './protobuf/span-tape';
import { TraceRequestIndex } from './protobuf/trace-request-index';
import type { EncodedBlock } from '../../runtime/ingest/block-builder';
import { SpanBlock } from './span-block';
import { type SpanSource, SpanWriter } from './span-writer';
import { Instant } from './values/nanoseconds';

const SECONDS_PER_DAY = 86_400;

/** The encodings of OTLP/HTTP. */
export type TraceEncoding = 'protobuf' | 'json';

/** A span whose start lies outside of [received − maxAgeMs, received + maxFutureMs] is rejected. */
export interface SpanLimits {
  maxAgeMs: number;
  maxFutureMs: number;
}

export type RejectReason = (typeof REFUSALS)[number] | 'time-out-of-range';

/** What became of the spans of one request. */
export interface AppendOutcome {
  accepted: number;
  rejected: { reason: RejectReason; count: number }[];
  /** Values masked by the allow-list, by stored attribute key; `status.message`, `trace_state` and `event.name` for those fields. */
  maskedKeys: Map<string, number>;
  corrected: { kind: CorrectionKind; count: number }[];
}

/**
 * Decodes OTLP trace requests straight into the columns of `otel_traces` and encodes them as `Native` blocks.
 * The same requests, appended in the same order with the same receive times, mapper, limits and batch ids, always give
 * the same bytes. A builder belongs to one mapper: when the contracts change, finish it and make a new one.
 */
export class SpanBlockBuilder {
  private readonly corrections = new Corrections();
  private readonly tape = new SpanTape();
  private readonly index = new TraceRequestIndex(this.tape);
  private readonly writer: SpanWriter;
  /** Blocks with rows, by day since 1970. */
  private readonly open = new Map<number, SpanBlock>();
  /** An empty block whose buffers are used again. */
  private spare: SpanBlock | undefined;
  private resources = 0;
  private readonly start = new Instant();

  constructor(options: { mapper: SpanMapper; allowList: AttributeAllowList }) {
    this.writer = new SpanWriter(options.mapper, options.allowList, this.corrections);
  }

  get rows(): number {
    let rows = 0;
    for (const block of this.open.values()) rows += block.columns.rows;
    return rows;
  }

  /** Size of the blocks if they were encoded now, within a few percent. */
  get approximateBytes(): number {
    let bytes = 0;
    for (const block of this.open.values()) bytes += block.columns.byteLength;
    return bytes;
  }

  /**
   * Appends all spans of a request body (already decompressed) that are valid.
   * @throws OtlpDecodeError when the body is malformed; then nothing of it is kept.
   */
  append(body: Uint8Array, encoding: TraceEncoding, receivedAtMs: number, limits: SpanLimits): AppendOutcome {
    const request = encoding === 'json' ? transcodeJson(body) : { body, invalidTexts: 0 };
    this.index.read(request.body);
    if (request.invalidTexts > 0) this.corrections.add('invalid-utf8', request.invalidTexts);
    const { accepted, rejected } = this.writeSpans(request.body, receivedAtMs, limits);
    return {
      accepted,
      rejected: [...rejected].map(([reason, count]) => ({ reason, count })),
      maskedKeys: this.writer.attributes.takeMasked(),
      corrected: this.corrections.take(),
    };
  }

  /**
   * Encodes what was appended, one block per UTC day because an insert must not touch two partitions, and starts anew.
   * `batchIds` gives the id of each block, in the order of the result: by day.
   */
  finish(batchIds: () => bigint): EncodedBlock[] {
    const days = [...this.open.keys()].sort((a, b) => a - b);
    const blocks = days.map((day) => this.open.get(day)!.encode(batchIds(), day));
    this.spare ??= this.open.get(days[0]!);
    this.open.clear();
    this.writer.attributes.trimKeys();
    return blocks;
  }

  private writeSpans(body: Uint8Array, receivedAtMs: number, limits: SpanLimits) {
    const rejected = new Map<RejectReason, number>();
    const reject = (reason: RejectReason) => rejected.set(reason, (rejected.get(reason) ?? 0) + 1);
    const tape = this.tape.data;
    const source: SpanSource = {
      body: Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      tape, receivedAtMs, resource: 0, resourceAt: 0, resourceAttributes: 0, scopeAt: 0,
    };
    const earliest = receivedAtMs - limits.maxAgeMs;
    const latest = receivedAtMs + limits.maxFutureMs;
    let accepted = 0;
    for (let at = 0; at < this.tape.length; ) {
      switch (tape[at]) {
        case ENTRY.resource:
          source.resource = this.resources++;
          source.resourceAt = at + 2;
          source.resourceAttributes = tape[at + 1]!;
          at += 2 + source.resourceAttributes * ATTRIBUTE_SIZE;
          break;
        case ENTRY.scope:
          source.scopeAt = at + 1;
          at += 5;
          break;
        case ENTRY.refusedSpan:
          reject(REFUSALS[tape[at + 1]!]!);
          at += 2;
          break;
        default: {
          const start = this.start.read(source.body, tape[at + 1 + SPAN_FIELD.start]!);
          if (start.ms < earliest || start.ms > latest) {
            reject('time-out-of-range');
          } else {
            this.writer.write(this.blockOf(Math.floor(start.seconds / SECONDS_PER_DAY)), source, at + 1, start);
            accepted++;
          }
          at = tape[at + 1 + SPAN_FIELD.next]!;
        }
      }
    }
    return { accepted, rejected };
  }

  private blockOf(day: number): SpanBlock {
    let block = this.open.get(day);
    if (block === undefined) {
      block = this.spare ?? new SpanBlock(this.corrections);
      this.spare = undefined;
      this.open.set(day, block);
    }
    return block;
  }
}
