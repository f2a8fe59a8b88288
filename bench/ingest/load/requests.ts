import { exportTraceServiceRequest } from '@/collectors/otlp/codec/testing/otlp-descriptor';
import { FACILITY_COUNT, FLOW_COUNT, PAYER_COUNT, queueName, SERVICES, SPANS_PER_TRACE } from './network';
import { SeededRandom } from './random';

/** What a service's exporter sends at once. */
export const SPANS_PER_REQUEST = 500;

/** OTLP span kinds and status codes. */
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;
const OPERATIONS = { [PRODUCER]: 'send', [CONSUMER]: 'process', [CLIENT]: 'receive' } as const;

interface SpanMessage {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId?: Buffer;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
  links: { traceId: Buffer; spanId: Buffer }[];
  status?: { code: number; message: string };
}

/**
 * Encodes `requests` export requests of {@link SPANS_PER_REQUEST} spans each, as ten services would send them: every
 * request holds the spans of one service, every trace passes through all services. 11 attributes per span, 6 per
 * resource. The same seed gives the same spans, up to their times, which lie in the minute before `endMs`.
 */
export function encodeRequests(options: { requests: number; seed: number; endMs: number }): Buffer[] {
  const random = new SeededRandom(options.seed);
  const bodies: Buffer[] = [];
  while (bodies.length < options.requests) {
    const byService: SpanMessage[][] = SERVICES.map(() => []);
    for (let i = 0; i < SPANS_PER_REQUEST; i++) {
      const trace = traceSpans(random, options.endMs);
      for (let service = 0; service < SPANS_PER_TRACE; service++) byService[service]!.push(trace[service]!);
    }
    for (const [service, spans] of byService.entries()) {
      if (bodies.length < options.requests) bodies.push(encode(SERVICES[service]!, spans));
    }
  }
  return bodies;
}

function encode(service: string, spans: SpanMessage[]): Buffer {
  const request = {
    resourceSpans: [{
      resource: {
        attributes: [
          text('service.name', service), text('service.version', '4.12.0'), text('service.instance.id', `${service}-7d9f-0`),
          text('host.name', 'node-17.hospital.example'), text('telemetry.sdk.language', 'nodejs'), text('deployment.environment.name', 'production'),
        ],
      },
      scopeSpans: [{ scope: { name: '@opentelemetry/instrumentation-amqplib', version: '0.50.0' }, spans }],
    }],
  };
  return Buffer.from(exportTraceServiceRequest.encode(exportTraceServiceRequest.fromObject(request)).finish());
}

/** One message on its way through all services: two hops of one flow, each with producer, receive and consumer spans. */
function traceSpans(random: SeededRandom, endMs: number): SpanMessage[] {
  const flow = random.below(FLOW_COUNT);
  const facility = `FAC-${String(random.below(FACILITY_COUNT)).padStart(3, '0')}`;
  const payer = `PAY-${String(random.below(PAYER_COUNT)).padStart(3, '0')}`;
  const messageId = random.uuid();
  const claim = `CLM-${random.bytes(5).toString('hex')}`;
  const traceId = random.bytes(16);
  const failed = random.next() < 0.02;
  let startNs = BigInt(endMs - random.below(60_000)) * 1_000_000n + BigInt(random.below(1_000_000));
  const spans: SpanMessage[] = [];
  for (let position = 0; position < SPANS_PER_TRACE; position++) {
    const kind = [PRODUCER, CLIENT, CONSUMER][position % 3]!;
    const hop = position < SPANS_PER_TRACE / 2 ? 'intake' : 'delivery';
    const queue = queueName(flow, hop);
    const durationNs = BigInt(200_000 + random.below(40_000_000));
    const previous = spans.at(-1);
    spans.push({
      traceId,
      spanId: random.bytes(8),
      parentSpanId: previous?.spanId,
      name: `${OPERATIONS[kind as keyof typeof OPERATIONS]} ${queue}`,
      kind,
      startTimeUnixNano: startNs.toString(),
      endTimeUnixNano: (startNs + durationNs).toString(),
      attributes: [
        text('messaging.system', 'rabbitmq'),
        text('messaging.destination.name', queue),
        text('messaging.operation.type', OPERATIONS[kind as keyof typeof OPERATIONS]),
        text('messaging.message.id', messageId),
        integer('messaging.message.body.size', 400 + random.below(4000)),
        text('hospital.facility.id', facility),
        text('hospital.payer.id', payer),
        text('server.address', 'rabbit-main.hospital.example'),
        integer('server.port', 5672),
        text('hospital.claim.id', claim),
        text('thread.name', `worker-${random.below(16)}`),
      ],
      links: kind === CONSUMER && previous ? [{ traceId, spanId: previous.spanId }] : [],
      status: failed && position === SPANS_PER_TRACE - 1 ? { code: ERROR, message: 'target system refused the message' } : undefined,
    });
    startNs += durationNs;
  }
  return spans;
}

function text(key: string, value: string) {
  return { key, value: { stringValue: value } };
}

function integer(key: string, value: number) {
  return { key, value: { intValue: value } };
}
