import { createHash } from 'node:crypto';

const FACILITIES = ['mercy-north', 'mercy-south', 'st-anne'];
const PAYERS = ['aetna', 'cigna'];
const TEST_FLOWS = ['orders', 'claims', 'receipts'];

/** Contracts for the spans below: one queue per flow. */
export function testContracts(): Record<string, string> {
  const flow = (id: string) => `apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${id}, name: ${id}, version: 1.0.0 }
spec:
  path:
    - id: work
      channel: { source: broker, kind: queue, vhost: /, name: ${id} }
      takenBy: erp
      legs: { enter: { spanKind: Producer }, leave: { spanKind: Consumer } }
  fields:
    message: { from: ["attr:messaging.message.id"] }
    facility: { from: ["attr:test.facility"] }
    payer: { from: ["attr:test.payer"] }
`;
  const sources = `apiVersion: signalbox/v1
kind: Sources
sources:
  - { id: broker, name: Broker, system: broker, kind: rabbitmq, match: [{ address: broker.test, port: 5672 }] }
systems:
  - { id: broker, name: Broker }
  - { id: erp, name: ERP }
`;
  return { 'sources.yaml': sources, ...Object.fromEntries(TEST_FLOWS.map((id) => [`${id}.yaml`, flow(id)])) };
}

/** How many spans of `requests` × `spansEach` carry what; computed the same way as the spans are made. */
export interface Expected {
  spans: number;
  withFlow: number;
  failed: number;
}

/**
 * One OTLP/JSON request. Everything follows from its number, so that the expected figures do too: every tenth span has
 * no contract, every seventh consumer fails.
 *
 * @param endedAtMs wall clock of the spans
 */
export function spanRequest(number: number, spansEach: number, endedAtMs: number): { body: Buffer; expected: Expected } {
  const expected: Expected = { spans: 0, withFlow: 0, failed: 0 };
  const spans = Array.from({ length: spansEach }, (_, index) => {
    const n = number * spansEach + index;
    const id = createHash('md5').update(String(n)).digest('hex');
    const hasFlow = n % 10 !== 0;
    const isConsumer = n % 2 === 1;
    const isFailed = isConsumer && n % 7 === 0;
    expected.spans++;
    if (hasFlow) expected.withFlow++;
    if (hasFlow && isFailed) expected.failed++;
    const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
    const start = BigInt(endedAtMs - (n % 600) * 1_000) * 1_000_000n;
    return {
      traceId: id, spanId: id.slice(0, 16), name: 'process', kind: isConsumer ? 5 : 4,
      startTimeUnixNano: start.toString(), endTimeUnixNano: (start + BigInt(1 + (n % 1000)) * 1_000_000n).toString(),
      status: isFailed ? { code: 2 } : {},
      attributes: [
        attribute('messaging.system', 'rabbitmq'),
        attribute('messaging.destination.name', hasFlow ? TEST_FLOWS[n % TEST_FLOWS.length]! : 'nobody-knows'),
        attribute('server.address', 'broker.test'),
        { key: 'server.port', value: { intValue: '5672' } },
        attribute('messaging.message.id', `m-${n}`),
        attribute('test.facility', FACILITIES[n % FACILITIES.length]!),
        attribute('test.payer', PAYERS[n % PAYERS.length]!),
      ],
    };
  });
  const request = {
    resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'loader' } }] }, scopeSpans: [{ scope: { name: 'test' }, spans }] }],
  };
  return { body: Buffer.from(JSON.stringify(request)), expected };
}
