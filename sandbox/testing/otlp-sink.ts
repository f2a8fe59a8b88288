import type { IncomingHttpHeaders, Server } from 'node:http';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export type SpanKind = 'Unspecified' | 'Internal' | 'Server' | 'Client' | 'Producer' | 'Consumer';
const KINDS: readonly SpanKind[] = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];

/** A span as a receiver sees it, values as text. */
export interface ReceivedSpan {
  name: string;
  kind: SpanKind;
  traceId: string;
  service: string;
  isError: boolean;
  /** Unix milliseconds. */
  endedAt: number;
  attributes: Record<string, string>;
  resource: Record<string, string>;
}

/** An OTLP/HTTP JSON receiver that keeps everything it is sent. */
export interface OtlpSink {
  url: string;
  spans: ReceivedSpan[];
  headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}

interface WireAttribute { key: string; value: Record<string, unknown> }
interface WireSpan { name: string; kind: number; traceId: string; endTimeUnixNano: string; status?: { code?: number }; attributes?: WireAttribute[] }
interface WireBody { resourceSpans: { resource: { attributes: WireAttribute[] }; scopeSpans: { spans: WireSpan[] }[] }[] }

export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: ReceivedSpan[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      headers.push(request.headers);
      const body = Buffer.concat(chunks);
      const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8');
      spans.push(...spansOf(JSON.parse(text) as WireBody));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sink has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    headers,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function spansOf(body: WireBody): ReceivedSpan[] {
  return body.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const resourceAttributes = recordOf(resource.attributes);
    return scopeSpans.flatMap((scope) => scope.spans.map((span): ReceivedSpan => ({
      name: span.name,
      kind: KINDS[span.kind] ?? 'Unspecified',
      traceId: span.traceId,
      service: resourceAttributes['service.name'] ?? '',
      isError: span.status?.code === 2,
      endedAt: Number(BigInt(span.endTimeUnixNano) / 1_000_000n),
      attributes: recordOf(span.attributes ?? []),
      resource: resourceAttributes,
    })));
  });
}

function recordOf(attributes: readonly WireAttribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]));
}
