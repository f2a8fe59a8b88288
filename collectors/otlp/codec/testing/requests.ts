import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import { AttributeAllowList } from '../privacy/attribute-allow-list';
import { SpanBlockBuilder, type SpanLimits } from '../span-block-builder';
import { type NativeRow, readNativeBlock } from './native-reader';
import { exportTraceServiceRequest } from './otlp-descriptor';

/** 2026-03-01 12:00:00 UTC, when the test requests are received. */
export const RECEIVED_AT_MS = 1_772_366_400_000;
export const LIMITS: SpanLimits = { maxAgeMs: 30 * 86_400_000, maxFutureMs: 3_600_000 };

export type Message = Record<string, unknown>;

export function encodeRequest(request: Message): Buffer {
  return Buffer.from(exportTraceServiceRequest.encode(exportTraceServiceRequest.fromObject(request)).finish());
}

/** A request with these spans under one resource and scope. */
export function requestOf(...spans: Message[]): Message {
  return {
    resourceSpans: [{
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'billing' } }] },
      scopeSpans: [{ scope: { name: 'scope', version: '1.0' }, spans }],
    }],
  };
}

/** A valid span that lasts one second, with overrides. */
export function span(fields: Message = {}): Message {
  return {
    traceId: Buffer.from('0102030405060708090a0b0c0d0e0f10', 'hex'),
    spanId: Buffer.from('a1a2a3a4a5a6a7a8', 'hex'),
    name: 'post claim',
    kind: 2,
    startTimeUnixNano: `${RECEIVED_AT_MS - 1000}000001`,
    endTimeUnixNano: `${RECEIVED_AT_MS}000001`,
    ...fields,
  };
}

export function attribute(key: string, value: Message | string): Message {
  return { key, value: typeof value === 'string' ? { stringValue: value } : value };
}

/** A mapper that knows no contract; overrides give it keys and rules. */
export function mapperOf(fields: Partial<SpanMapper> = {}): SpanMapper {
  return {
    version: 'test', spanKeys: [], resourceKeys: [], passKeys: new Set(), tokenKeys: new Set(), map: () => {}, takeCounts: () => [], ...fields,
  };
}

export function builderOf(mapper: SpanMapper = mapperOf()): SpanBlockBuilder {
  return new SpanBlockBuilder({ mapper, allowList: new AttributeAllowList(mapper) });
}

/** Appends one protobuf request and returns what became of it and the rows of all blocks. */
export function decode(request: Message | Buffer, mapper: SpanMapper = mapperOf()) {
  const builder = builderOf(mapper);
  const body = Buffer.isBuffer(request) ? request : encodeRequest(request);
  const outcome = builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
  return { outcome, rows: rowsOf(builder) };
}

export function rowsOf(builder: SpanBlockBuilder): NativeRow[] {
  return builder.finish(() => 7n).flatMap((block) => readNativeBlock(block.body));
}
