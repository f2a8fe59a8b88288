/**
 * What the codec alone costs: OTLP protobuf to a ClickHouse `Native` block, one thread, no I/O, a mapper that looks at
 * three attributes. The real mapper and everything around it are measured by bench:ingest.
 */
import type { SpanMapper } from '@/server/domain/mapping/span-mapper';
import { AttributeAllowList } from '@/collectors/otlp/codec/privacy/attribute-allow-list';
import { SpanBlockBuilder } from '@/collectors/otlp/codec/span-block-builder';
import { encodeRequests, SPANS_PER_REQUEST } from '../ingest/load/requests';

const REQUESTS = 200;
const ROUNDS = 10;
const REQUESTS_PER_BLOCK = 40;
const LIMITS = { maxAgeMs: 86_400_000, maxFutureMs: 3_600_000 };

const mapper: SpanMapper = {
  version: 'bench',
  spanKeys: ['messaging.message.id', 'hospital.facility.id', 'hospital.payer.id'],
  resourceKeys: [],
  passKeys: new Set(['hospital.facility.id', 'hospital.payer.id']),
  tokenKeys: new Set(),
  map(span, out) {
    out.messageId = span.attributes[0] ?? '';
    out.facilityId = span.attributes[1] ?? '';
    out.payerId = span.attributes[2] ?? '';
  },
  takeCounts: () => [],
};

const endMs = Date.now();
const bodies = encodeRequests({ requests: REQUESTS, seed: 1, endMs });
const bodyBytes = bodies.reduce((total, body) => total + body.length, 0);
const builder = new SpanBlockBuilder({ mapper, allowList: new AttributeAllowList(mapper) });
let batchId = 0n;
let blockBytes = 0;

console.log(`${REQUESTS * SPANS_PER_REQUEST} spans, ${Math.round(bodyBytes / REQUESTS / SPANS_PER_REQUEST)} bytes each as OTLP protobuf\n`);
console.log('round  spans/CPU-s   MB/CPU-s  block B/span');
const rates: number[] = [];
for (let round = 1; round <= ROUNDS; round++) {
  blockBytes = 0;
  const before = process.cpuUsage();
  for (const [i, body] of bodies.entries()) {
    builder.append(body, 'protobuf', endMs, LIMITS);
    if ((i + 1) % REQUESTS_PER_BLOCK === 0) {
      for (const block of builder.finish(() => ++batchId)) blockBytes += block.body.length;
    }
  }
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const rate = (REQUESTS * SPANS_PER_REQUEST) / seconds;
  rates.push(rate);
  const columns = [
    String(round).padStart(5), Math.round(rate).toLocaleString('en').padStart(11), (bodyBytes / 1e6 / seconds).toFixed(0).padStart(9),
    (blockBytes / REQUESTS / SPANS_PER_REQUEST).toFixed(0).padStart(12),
  ];
  console.log(columns.join('  '));
}
const median = rates.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
console.log(`\nfigure codec_spans_per_cpu_second ${Math.round(median)} spans/CPU-s`);
