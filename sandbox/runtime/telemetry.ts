import type { Attributes, Context, Span, SpanKind } from '@opentelemetry/api';
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { BusinessMessage } from '../network/message';
import type { Settings } from '../settings';
import type { FactName, SystemId, Vocabulary } from '../vocabulary';
import { failureCode } from './failure';
import { CONVENTION } from './conventions';

const EXPORT_DELAY_MS = 1_000;
const SHUTDOWN_LIMIT_MS = 1_000;
const EXPORT_FAILURE_QUIET_MS = 30_000;

export interface Telemetry {
  /** `service.name` of this system. */
  service: string;
  /** Attributes of a message in the network's vocabulary. */
  messageAttributes(message: BusinessMessage): Attributes;
  /** Attributes of one delivery attempt, counted from 1. */
  attemptAttributes(attempt: number): Attributes;
  /** Runs work inside a span. An error ends the span as failed, with its code as `error.type`, and is thrown on. */
  inSpan<T>(span: { name: string; kind: SpanKind; attributes: Attributes; parent?: Context }, work: (span: Span) => Promise<T>): Promise<T>;
  /** Sends what is buffered, within a second. */
  shutdown(): Promise<void>;
}

/** Starts the OpenTelemetry SDK of one system process. */
export function startTelemetry(system: SystemId, settings: Settings, vocabulary: Vocabulary): Telemetry {
  const url = `${settings.otlpUrl}/v1/traces`;
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({
      'service.name': vocabulary.services[system],
      'service.version': '1.0.0',
      'service.instance.id': `${system}-${process.pid}`,
      'deployment.environment.name': 'sandbox',
    }),
    spanProcessors: [
      new BatchSpanProcessor(settings.otlpProtocol === 'json' ? new JsonExporter({ url }) : new ProtobufExporter({ url }), {
        scheduledDelayMillis: EXPORT_DELAY_MS,
        maxQueueSize: 16_384,
        maxExportBatchSize: 512,
      }),
    ],
  });
  reportExportFailures(system, url);
  provider.register({ propagator: new W3CTraceContextPropagator() });
  const tracer = trace.getTracer('meridian');

  return {
    service: vocabulary.services[system],
    messageAttributes(message) {
      const attributes: Attributes = {};
      for (const [name, value] of Object.entries(message.facts)) {
        const key = vocabulary.attributes[name as FactName];
        if (key !== undefined) attributes[key] = value;
      }
      return attributes;
    },
    attemptAttributes: (attempt) => ({ [vocabulary.attributes.attempt]: String(attempt) }),
    inSpan: ({ name, kind, attributes, parent }, work) =>
      tracer.startActiveSpan(name, { kind, attributes }, parent ?? context.active(), async (span) => {
        try {
          return await work(span);
        } catch (error) {
          span.setAttribute(CONVENTION.errorType, failureCode(error));
          span.setStatus({ code: SpanStatusCode.ERROR, message: failureCode(error) });
          throw error;
        } finally {
          span.end();
        }
      }),
    shutdown: () => Promise.race([provider.shutdown(), new Promise<void>((resolve) => setTimeout(resolve, SHUTDOWN_LIMIT_MS))]),
  };
}

/** Says at most every half minute that spans could not be delivered: the SDK gives them up after its own retries. */
function reportExportFailures(system: SystemId, url: string): void {
  let quietUntil = 0;
  setGlobalErrorHandler((error) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + EXPORT_FAILURE_QUIET_MS;
    const reason = typeof error === 'string' ? error : error.message;
    console.error(`sandbox: ${system} could not deliver spans to ${url}: ${reason ?? 'unknown error'}`);
  });
}

/** The active trace as a W3C `traceparent`, to be carried in a row; null outside a trace. */
export function currentTraceparent(): string | null {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'] ?? null;
}

/** The trace that a row or a request carries. */
export function contextOf(carrier: { traceparent?: string | null | undefined; tracestate?: string | undefined }): Context {
  return propagation.extract(ROOT_CONTEXT, { traceparent: carrier.traceparent ?? undefined, tracestate: carrier.tracestate });
}
