import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouse, connectClickHouse } from '@/server/store/clickhouse/client';
import { createTable } from '@/server/store/clickhouse/ddl';
import { insertSpans } from '@/server/store/clickhouse/span-writer';
import { SPANS_TABLE } from '@/server/store/clickhouse/spans-ddl';
import { SPAN_COLUMNS } from '@/server/store/clickhouse/spans-table';
import { createTestClickHouse, type TestClickHouse } from '@/scripts/testing/databases';
import { readNativeBlock, type NativeValue } from './testing/native-reader';
import { attribute, builderOf, encodeRequest, LIMITS, mapperOf, RECEIVED_AT_MS, requestOf, span } from './testing/requests';

const LEGS = ['none', 'enter', 'leave', 'attempt'];
let database: TestClickHouse;
let clickhouse: ClickHouse;

beforeAll(async () => {
  database = await createTestClickHouse();
  clickhouse = connectClickHouse(database.writerUrl, { name: 'codec-test' });
  for (const statement of createTable({ kind: 'single', database: database.database }, SPANS_TABLE)) await clickhouse.command(statement);
});

afterAll(async () => {
  await clickhouse.close();
  await database.drop();
});

/** The value of a column as ClickHouse prints it in JSON, so that what was sent and what is stored can be compared. */
function asStored(column: (typeof SPAN_COLUMNS)[number], value: NativeValue): unknown {
  if (column.type.startsWith('DateTime64(9)')) return instant(value as bigint, 1_000_000_000n);
  if (column.type.startsWith('DateTime64(3)')) return instant(value as bigint, 1000n);
  if (column.type === 'Array(DateTime64(9))') return (value as bigint[]).map((each) => instant(each, 1_000_000_000n));
  if (column.type.startsWith('Decimal')) return decimal(value as bigint);
  if (column.type.startsWith('Enum8')) return LEGS[Number(value)];
  if (column.type.startsWith('Map(')) return Object.fromEntries(value as [string, string][]);
  if (column.type.startsWith('Array(Map(')) return (value as [string, string][][]).map((entries) => Object.fromEntries(entries));
  return typeof value === 'bigint' ? value.toString() : value;
}

function instant(value: bigint, perSecond: bigint): string {
  const seconds = new Date(Number(value / perSecond) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return `${seconds}.${(value % perSecond).toString().padStart(perSecond.toString().length - 1, '0')}`;
}

function decimal(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(5, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
}

describe('encoded blocks in ClickHouse', () => {
  it('come back value by value from every column', async () => {
    const mapper = mapperOf({
      spanKeys: ['n'], passKeys: new Set(['n', 'big', 'text']),
      map(facts, out) {
        const n = Number(facts.attributes[0]);
        Object.assign(out, {
          flowId: `flow-${n % 300}`, hopId: `hop-${n % 3}`, leg: LEGS[n % 4], facilityId: `f-${n}`, payerId: n % 2 ? '' : 'aetna', supplierId: 's', departmentId: 'd',
          itemId: `i-${n % 70}`, caseToken: `k1:${n}`, caseLabel: '••1', amount: ['', '-12.3456', '99999999999999.9999', '0.1'][n % 4], currency: 'USD',
          sourceId: 'rabbit', messageId: `m-${n}`, reason: n % 5 ? '' : 'FULL', contractVersion: '1.0.0',
        });
      },
    });
    const spans = Array.from({ length: 700 }, (_, n) => span({
      spanId: Buffer.from((n + 1).toString(16).padStart(16, '0'), 'hex'),
      parentSpanId: n % 2 ? Buffer.alloc(8, n % 255) : undefined,
      traceState: n % 7 ? '' : 'ot=th:c',
      name: `step ${'abcdefghij'[n % 10]}`,
      kind: n % 6,
      status: { code: n % 3, message: n % 3 === 2 ? 'no' : '' },
      attributes: [
        attribute('n', { intValue: String(n) }), attribute('big', { intValue: '9007199254740993' }), attribute('text', `Łukasz ${'x'.repeat(n)}`),
        ...(n % 2 ? [attribute('patient', 'Doe')] : []),
      ],
      events: Array.from({ length: n % 3 }, (_value, i) => ({ timeUnixNano: `177236640000000000${i}`, name: 'retry', attributes: i ? [attribute('exception.type', 'E')] : [] })),
      links: Array.from({ length: n % 4 }, () => ({ traceId: Buffer.alloc(16, 3), spanId: Buffer.alloc(8, 4), attributes: [attribute('messaging.system', 'kafka')] })),
    }));
    const builder = builderOf(mapper);
    builder.append(encodeRequest(requestOf(...spans)), 'protobuf', RECEIVED_AT_MS, LIMITS);
    const [block] = builder.finish(() => 2n ** 63n + 1n);
    await insertSpans(clickhouse, { body: block!.body, token: 'every-column' });

    const stored = await clickhouse.queryColumns({
      name: 'all columns', sql: `SELECT ${SPAN_COLUMNS.map((column) => column.type.startsWith('Decimal') ? `toDecimalString(${column.name}, 4) AS ${column.name}` : `\`${column.name}\``).join(', ')} FROM otel_traces WHERE BatchId = 9223372036854775809 ORDER BY SpanId`,
    });
    const sent = readNativeBlock(block!.body);
    for (const column of SPAN_COLUMNS) {
      expect(stored[column.name], column.name).toEqual(sent.map((row) => asStored(column, row[column.name]!)));
    }
  });

  it('may hold a single span with nothing but ids and a time', async () => {
    const builder = builderOf();
    builder.append(
      encodeRequest({ resourceSpans: [{ scopeSpans: [{ spans: [{ traceId: Buffer.alloc(16, 9), spanId: Buffer.alloc(8, 9), startTimeUnixNano: `${RECEIVED_AT_MS}000000`, endTimeUnixNano: `${RECEIVED_AT_MS}000000` }] }] }] }),
      'protobuf', RECEIVED_AT_MS, LIMITS,
    );
    const [block] = builder.finish(() => 77n);
    await insertSpans(clickhouse, { body: block!.body, token: 'bare' });
    const stored = await clickhouse.queryColumns({ name: 'bare span', sql: `SELECT TraceId, SpanName, SpanAttributes, \`Events.Name\`, FlowId, toString(Leg) AS Leg FROM otel_traces WHERE BatchId = 77` });
    expect(stored).toEqual({ 'TraceId': ['09'.repeat(16)], 'SpanName': [''], 'SpanAttributes': [{}], 'Events.Name': [[]], 'FlowId': [''], 'Leg': ['none'] });
  });
});
