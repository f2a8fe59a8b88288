import type { BodyEncoding } from '../runtime/spool/record';

/** google.rpc.Code values used by OTLP/HTTP error bodies (https://opentelemetry.io/docs/specs/otlp/#failures). */
export const RPC_CODE = { invalidArgument: 3, unauthenticated: 16, resourceExhausted: 8, unimplemented: 12, unavailable: 14 } as const;

export const CONTENT_TYPES: Record<BodyEncoding, string> = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** `ExportTraceServiceResponse`, in the encoding of the request; empty when every span was taken. */
export function encodeExportResponse(encoding: BodyEncoding, partial: { rejectedSpans: number; message: string } | null): Buffer {
  if (encoding === 'json') {
    return Buffer.from(JSON.stringify(partial ? { partialSuccess: { rejectedSpans: String(partial.rejectedSpans), errorMessage: partial.message } } : {}));
  }
  if (!partial) return Buffer.alloc(0);
  return lengthDelimited(1, Buffer.concat([varintField(1, partial.rejectedSpans), lengthDelimited(2, Buffer.from(partial.message))]));
}

/** `google.rpc.Status`, which the body of every OTLP/HTTP error must be. */
export function encodeStatus(encoding: BodyEncoding, code: number, message: string): Buffer {
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([varintField(1, code), lengthDelimited(2, Buffer.from(message))]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 0x80);
  }
}

function varintField(field: number, value: number): Buffer {
  return Buffer.concat([varint(field * 8), varint(value)]);
}

function lengthDelimited(field: number, content: Buffer): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(content.length), content]);
}
