/**
 * The status quo: a small OTLP/HTTP server as many teams write it. protobufjs, row objects, JSONEachRow, batches of
 * 10,000 rows or 200 ms into the exporter's table. No contracts, no masking, no rollups, no spool: what it has
 * acknowledged and not yet inserted is lost when it dies. Environment: CLICKHOUSE_URL.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@clickhouse/client';
import { parseClickHouseUrl } from '@/server/store/clickhouse/client';
import { rowsOf } from './rows';

const BATCH_ROWS = 10_000;
const BATCH_MS = 200;
/** Rows waiting in memory before acknowledgements are held back. */
const MOST_WAITING_ROWS = 40_000;
const CONCURRENT_INSERTS = 2;

// One connection per insert: on a busy machine an idle one may have been closed by the server, and a batch would be lost.
const client = createClient({ ...parseClickHouseUrl(process.env['CLICKHOUSE_URL'] ?? ''), request_timeout: 60_000, keep_alive: { enabled: false } });
const waiting: Record<string, unknown>[] = [];
let inserting = 0;
let timer: NodeJS.Timeout | undefined;
let held: (() => void)[] = [];

const server = createServer((request, response) => {
  void receive(request).then(
    () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(),
    () => response.writeHead(400).end(),
  );
});
server.listen(0, '127.0.0.1', () => process.send?.({ ready: true, port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit(0));

async function receive(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  for (const row of rowsOf(Buffer.concat(chunks))) waiting.push(row);
  insertFullBatches();
  timer ??= setTimeout(insertRest, BATCH_MS);
  if (waiting.length > MOST_WAITING_ROWS) await new Promise<void>((resolve) => held.push(resolve));
}

function insertFullBatches(): void {
  while (waiting.length >= BATCH_ROWS && inserting < CONCURRENT_INSERTS) void insert(waiting.splice(0, BATCH_ROWS));
}

function insertRest(): void {
  timer = undefined;
  if (waiting.length > 0 && inserting < CONCURRENT_INSERTS) void insert(waiting.splice(0, BATCH_ROWS));
  if (waiting.length > 0) timer = setTimeout(insertRest, BATCH_MS);
}

async function insert(values: Record<string, unknown>[]): Promise<void> {
  inserting++;
  await client.insert({ table: 'otel_traces', values, format: 'JSONEachRow', clickhouse_settings: { async_insert: 0 } });
  inserting--;
  insertFullBatches();
  if (waiting.length <= MOST_WAITING_ROWS) {
    const released = held;
    held = [];
    for (const release of released) release();
  }
}
