import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';
import { cli } from './product/command-line';
import { product } from './product/product';
import { expect, test } from './product/test';

test.use({ role: null });

/** One trace as a service would make it: nested, with a link, an event, a failure and a 64-bit attribute. */
async function exportTrace(exporter: SpanExporter): Promise<{ traceId: string; spanIds: string[]; failed: string }> {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'e2e-service' }),
    spanProcessors: [new BatchSpanProcessor(exporter, { maxExportBatchSize: 7 })],
  });
  const tracer = provider.getTracer('e2e');
  const root = tracer.startSpan('POST /orders', { kind: SpanKind.SERVER });
  const inRoot = trace.setSpan(context.active(), root);
  const children = Array.from({ length: 30 }, (_, index) => {
    const span = tracer.startSpan(`step ${index % 3}`, { kind: SpanKind.CLIENT, links: [{ context: root.spanContext() }], attributes: { 'messaging.message.body.size': index } }, inRoot);
    if (index === 13) span.setStatus({ code: SpanStatusCode.ERROR });
    span.addEvent('retry');
    span.end();
    return span;
  });
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
  const spans = [root, ...children];
  return { traceId: root.spanContext().traceId, spanIds: spans.map((span) => span.spanContext().spanId), failed: children[13]!.spanContext().spanId };
}

const url = () => `${product().otlpUrl}/v1/traces`;

for (const [name, make] of [
  ['protobuf', () => new ProtobufExporter({ url: url() })],
  ['JSON', () => new JsonExporter({ url: url() })],
] as const) {
  test(`finds every span that the OpenTelemetry SDK sends as ${name}`, async ({ request }) => {
    const token = await cli('token', 'create', '--name', `e2e-${name}-${Date.now()}`, '--role', 'engineer');
    expect(token).toMatch(/^\S+$/);
    const sent = await exportTrace(make());
    const read = async () => {
      const response = await request.get(`/api/v1/traces/${sent.traceId}`, { headers: { authorization: `Bearer ${token}` } });
      return response.ok() ? ((await response.json()) as { spans: { spanId: string[]; parentIndex: number[]; isError: boolean[] } }).spans : null;
    };
    await expect.poll(async () => (await read())?.spanId.toSorted(), { timeout: 30_000 }).toEqual(sent.spanIds.toSorted());
    const spans = (await read())!;
    expect(spans.parentIndex.filter((parent) => parent === -1)).toHaveLength(1);
    expect(spans.isError[spans.spanId.indexOf(sent.failed)]).toBe(true);
    expect(spans.isError.filter(Boolean)).toHaveLength(1);
  });
}

test('tells an outsider nothing about a trace', async ({ request }) => {
  const sent = await exportTrace(new ProtobufExporter({ url: url() }));
  expect((await request.get(`/api/v1/traces/${sent.traceId}`)).status()).toBe(401);
  expect((await request.get(`/api/v1/traces/${sent.traceId}`, { headers: { authorization: 'Bearer not-a-token' } })).status()).toBe(401);
});
