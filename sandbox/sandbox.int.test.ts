import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestPostgres } from '@/scripts/testing/databases';
import { createTestPostgres } from '@/scripts/testing/databases';
import type { SystemState } from './supervisor/supervisor';
import type { Leg } from './testing/contract-legs';
import { legsOfContracts } from './testing/contract-legs';
import type { OtlpSink, ReceivedSpan } from './testing/otlp-sink';
import { startOtlpSink } from './testing/otlp-sink';
import type { SandboxUnderTest } from './testing/run-sandbox';
import { runSandbox } from './testing/run-sandbox';

const FOREIGN = /^signalbox\./i;
const patiently = { timeout: 180_000, interval: 250 };
const LIMIT_MS = 240_000;

let database: TestPostgres;
let sink: OtlpSink;
let contracts: string;
let sandbox: SandboxUnderTest;
let legs: Leg[];

beforeAll(async () => {
  contracts = await mkdtemp(join(tmpdir(), 'sandbox-contracts-'));
  [database, sink] = await Promise.all([createTestPostgres(), startOtlpSink()]);
  sandbox = await runSandbox({
    SANDBOX_DATABASE_URL: database.url,
    SANDBOX_OTLP_URL: sink.url,
    SANDBOX_OTLP_PROTOCOL: 'json',
    SANDBOX_CONTRACTS_OUT: contracts,
    // Ten times the usual compression: a claim is paid within seconds.
    SANDBOX_FACTOR: '600',
  });
  await vi.waitFor(() => expect(sandbox.output()).toContain('sandbox ready'), patiently);
  legs = legsOfContracts(contracts);
}, LIMIT_MS);

afterAll(async () => {
  await sandbox?.stop();
  await sink?.close();
  await database?.drop();
  await rm(contracts, { recursive: true, force: true });
});

async function switchFault(change: { name: string; on: boolean; target?: string }): Promise<number> {
  const response = await fetch(`${sandbox.controlUrl}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  expect(response.status).toBe(200);
  return Date.now();
}

async function systems(): Promise<SystemState[]> {
  const response = await fetch(`${sandbox.controlUrl}/api/systems`);
  return ((await response.json()) as { systems: SystemState[] }).systems;
}

async function query<T extends object>(sql: string): Promise<T[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const errorsOf = (reason: string, since: number) =>
  sink.spans.filter((span) => span.isError && span.attributes['error.type'] === reason && span.endedAt > since);
const leftOf = (hop: string, since: number): ReceivedSpan[] => {
  const leg = legs.find(({ name }) => name === `${hop}/leave`);
  return sink.spans.filter((span) => span.endedAt > since && !span.isError && leg?.recognises(span));
};

describe('the sandbox network', { timeout: LIMIT_MS }, () => {
  it('sends spans that its contracts recognise on every leg of every flow', async () => {
    expect(new Set(legs.map(({ flow }) => flow)).size).toBeGreaterThanOrEqual(14);
    await vi.waitFor(() => {
      const unseen = legs.filter((leg) => !sink.spans.some((span) => leg.recognises(span)));
      expect(unseen.map(({ name }) => name)).toEqual([]);
    }, patiently);
  });

  it('recognises a span by one leg at most, and every producer, consumer, client and server span by one', () => {
    const carried = sink.spans.filter(({ kind }) => kind !== 'Internal');
    const recognisedBy = (span: ReceivedSpan) => legs.filter((leg) => leg.recognises(span)).map(({ name }) => name);
    // A client span of a later attempt enters nothing: the message has entered before.
    const isRepeated = (span: ReceivedSpan) => span.kind === 'Client' && span.attributes['meridian.delivery.attempt'] !== '1';
    const misread = carried.filter((span) => recognisedBy(span).length !== (isRepeated(span) ? 0 : 1));
    expect(misread.map((span) => [span.kind, span.name, recognisedBy(span)])).toEqual([]);
  });

  it('has no errors as long as no fault is on', () => {
    expect(sink.spans.filter(({ isError }) => isError)).toEqual([]);
  });

  it('carries one message id through a flow, and one trace through the systems', () => {
    const journal = leftOf('settlement-to-gl/journal', 0)[0];
    const trace = sink.spans.filter(({ traceId }) => traceId === journal?.traceId);
    expect(new Set(trace.map(({ service }) => service))).toEqual(new Set([
      'meridian-inventory', 'meridian-integration-engine', 'meridian-billing', 'northstar-clearinghouse', 'meridian-erp',
    ].concat(trace.some(({ service }) => service === 'supplier-network') ? ['supplier-network'] : [])));
    const messageId = journal?.attributes['meridian.message.id'];
    const ofMessage = sink.spans.filter((span) => span.attributes['meridian.message.id'] === messageId);
    expect(ofMessage.map(({ kind }) => kind).toSorted()).toEqual(['Client', 'Consumer', 'Producer', 'Server']);
  });

  it('never speaks the product’s vocabulary: in spans, resources, headers, columns or rows', async () => {
    const keys = new Set(sink.spans.flatMap((span) => [...Object.keys(span.attributes), ...Object.keys(span.resource)]));
    const headers = new Set(sink.headers.flatMap((each) => Object.keys(each)));
    const columns = await query<{ table_name: string; column_name: string }>(
      `SELECT table_schema || '.' || table_name AS table_name, column_name FROM information_schema.columns
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const payloads = columns.filter(({ column_name }) => column_name === 'payload').map(({ table_name }) => table_name);
    const rows = await query<{ key: string }>(
      payloads.map((table) => `SELECT DISTINCT k AS key FROM ${table}, jsonb_each(payload) AS part, jsonb_object_keys(part.value) AS k`).join(' UNION '),
    );
    expect(payloads.length).toBeGreaterThan(14);
    expect(rows.length).toBeGreaterThan(5);
    const names = [...keys, ...headers, ...columns.map((column) => column.column_name), ...rows.map((row) => row.key)];
    expect(names.filter((name) => FOREIGN.test(name))).toEqual([]);
  });

  it('answers with errors while the ERP fault is on, and drains without any once it is off', async () => {
    const on = await switchFault({ name: 'erp-errors', on: true });
    await vi.waitFor(() => expect(errorsOf('ERP_503', on).filter(({ kind }) => kind === 'Server').length).toBeGreaterThan(5), patiently);

    await switchFault({ name: 'erp-errors', on: false });
    const waiting = `SELECT count(*)::int AS n FROM inventory.usage_interface WHERE status = 'E'`;
    await vi.waitFor(async () => expect(await query(waiting)).toEqual([{ n: 0 }]), patiently);
    const drained = Date.now();
    await vi.waitFor(() => expect(leftOf('consumption-to-erp/issue', drained).length).toBeGreaterThan(5), patiently);
    expect(errorsOf('ERP_503', drained)).toEqual([]);
  });

  it('keeps a fault when the system that shows it is killed', async () => {
    const middleware = (await systems()).find(({ system }) => system === 'middleware');
    await switchFault({ name: 'item-mapping', on: true });
    process.kill(middleware?.pid ?? 0, 'SIGKILL');
    await vi.waitFor(async () => {
      const again = (await systems()).find(({ system }) => system === 'middleware');
      expect(again).toMatchObject({ state: 'running', restarts: 1, lastEnd: 'signal SIGKILL' });
    }, patiently);
    const restarted = Date.now();
    await vi.waitFor(() => expect(errorsOf('ITEM_NOT_MAPPED', restarted).length).toBeGreaterThan(0), patiently);

    await switchFault({ name: 'item-mapping', on: false });
    const waiting = `SELECT count(*)::int AS n FROM inventory.charge_interface WHERE status = 'E'`;
    await vi.waitFor(async () => expect(await query(waiting)).toEqual([{ n: 0 }]), patiently);
  });

  it('leaves no process behind when it is ended', async () => {
    const pids = (await systems()).flatMap(({ pid }) => (pid === null ? [] : [pid]));
    expect(pids).toHaveLength(7);
    await sandbox.stop();
    expect(sandbox.child.exitCode).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
