import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askPrecondition } from '@/collectors/runtime/probes/ask-precondition';
import { createHttpClient } from '@/collectors/runtime/probes/http-answer';
import { probeAddress } from '@/collectors/runtime/probes/probe-addresses';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
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

    const off = await switchFault({ name: 'erp-errors', on: false });
    // Also what was on its way while the ERP heard that it is well again.
    const heard = off + 2_000;
    const waiting = `SELECT count(*)::int AS n FROM inventory.usage_interface WHERE status = 'E' OR (status = 'P' AND updated_at < to_timestamp(${heard / 1_000}))`;
    await vi.waitFor(async () => expect([await query(waiting), Date.now() > heard]).toEqual([[{ n: 0 }], true]), patiently);
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

  describe('asked what it knows', () => {
    const noted = (field: string, sql: string) => query<Record<string, string>>(sql).then(([row]) => row?.[field] ?? '');

    it('answers every probe of its contracts, as the product asks them', async () => {
      const documents = (await readdir(contracts)).filter((name) => name.endsWith('.yaml'));
      const bodies = (await Promise.all(documents.map(async (name) => parseContractFile(name, await readFile(join(contracts, name), 'utf8')).documents))).flat();
      const { flows, sources } = contractSetOf(bodies.map(({ body }) => body));
      const known: Record<string, Record<string, string>> = {
        'charge-capture': { charge: await noted('id', 'SELECT charge_id AS id FROM billing.charge LIMIT 1'), claim: await noted('id', 'SELECT control_number AS id FROM billing.charge LIMIT 1') },
        'consumption-to-erp': { usageLine: await noted('id', 'SELECT usage_line AS id FROM erp.stock_issue LIMIT 1') },
        'goods-receipt': { message: await noted('id', `SELECT message_id AS id FROM inventory.receipt_interface WHERE status = 'C' LIMIT 1`) },
        'po-to-supplier': { purchaseOrder: await noted('id', `SELECT po_number AS id FROM erp.purchase_order WHERE status <> 'RELEASED' LIMIT 1`) },
        'remit-posting': { message: await noted('id', `SELECT message_id AS id FROM billing.remittance_posting_queue WHERE status = 'C' LIMIT 1`) },
        'replenishment-request': { requisition: await noted('id', 'SELECT requisition AS id FROM erp.purchase_order LIMIT 1') },
        'settlement-to-gl': { message: await noted('id', `SELECT message_id AS id FROM billing.gl_journal_interface WHERE status = 'C' LIMIT 1`) },
      };
      const http = createHttpClient();
      const verdicts = async (of: (flow: string, name: string) => string | undefined) => {
        const asked = flows.flatMap(({ metadata: { id }, spec }) => (spec.replay?.preconditions ?? []).filter(({ probe }) => probe !== undefined).map(async (precondition) => {
          const { holds, evidence } = await askPrecondition(precondition, (name) => of(id, name), {
            http, signal: AbortSignal.timeout(LIMIT_MS), now: () => new Date(), addressOf: (source) => probeAddress(source, sources, {}),
            countRows: async () => 0, hasReached: async () => false,
          });
          return [`${id} ${precondition.check}`, holds ? 'holds' : evidence.endsWith('is not proven.') ? evidence : 'fails'] as const;
        }));
        return Object.fromEntries(await Promise.all(asked));
      };
      const everything = ['charge-capture', 'consumption-to-erp', 'goods-receipt', 'po-to-supplier', 'remit-posting', 'replenishment-request', 'settlement-to-gl'];
      const absences = (word: string) => Object.fromEntries(everything.map((flow) => [`${flow} target-absence-proven`, word]));
      expect(await verdicts(() => 'never heard of')).toMatchObject({
        ...absences('holds'), 'consumption-to-erp period-open': 'holds', 'charge-capture not-voided': 'holds', 'claim-submit-837i not-voided': 'holds',
        'po-to-supplier not-voided': 'erp-api answered 404, which is no answer to the question, so not-voided is not proven.',
      });
      expect(await verdicts((flow, name) => known[flow]?.[name])).toMatchObject({
        ...absences('fails'), 'settlement-to-gl period-open': 'holds', 'charge-capture not-voided': 'holds', 'po-to-supplier not-voided': 'fails',
      });
      http.close();
    });

    const api = (system: 'erp' | 'billing') => `http://127.0.0.1:${new URL(sandbox.controlUrl).port.replace(/0$/, system === 'erp' ? '1' : '3')}`;
    const get = async (url: string, init: RequestInit = {}) => {
      const response = await fetch(url, { ...init, signal: AbortSignal.timeout(1_000) });
      const text = await response.text();
      return [response.status, text === '' ? null : JSON.parse(text)] as [number, unknown];
    };

    it('knows what it has booked, and nothing else', async () => {
      const usageLine = await noted('id', 'SELECT usage_line AS id FROM erp.stock_issue LIMIT 1');
      const issues = `${api('erp')}/inventory/v2/issues`;
      expect(await get(`${issues}/${usageLine}`)).toEqual([200, expect.objectContaining({ usageLine, amount: expect.stringMatching(/^\d+\.\d\d$/) as string })]);
      expect(await get(`${issues}/${usageLine}`, { method: 'HEAD' })).toEqual([200, null]);
      expect(await get(`${issues}/${encodeURIComponent(`${usageLine}?a/b`)}`)).toEqual([404, expect.objectContaining({ code: 'ISSUE_NOT_FOUND' })]);
      for (const path of ['/', `/${usageLine}/more`, '']) expect(await get(`${issues}${path}`)).toEqual([404, expect.objectContaining({ code: 'NOT_FOUND' })]);
    });

    it('does not answer, answers for another place or lies while its lookups are in trouble', async () => {
      const url = `${api('erp')}/inventory/v2/issues/${await noted('id', 'SELECT usage_line AS id FROM erp.stock_issue LIMIT 1')}`;
      for (const [target, code] of [['gone', 'NOT_FOUND'], ['lies', 'ISSUE_NOT_FOUND']]) {
        await switchFault({ name: 'erp-lookup-hangs', on: true, target: target ?? '' });
        await vi.waitFor(async () => expect(await get(url)).toEqual([404, expect.objectContaining({ code })]), patiently);
      }
      await switchFault({ name: 'erp-lookup-hangs', on: true });
      await vi.waitFor(() => expect(get(url)).rejects.toThrow(/timeout/), patiently);
      await switchFault({ name: 'erp-lookup-hangs', on: false });
      await vi.waitFor(async () => expect(await get(url)).toEqual([200, expect.anything()]), patiently);
    });

    it('refuses postings while the period is closed, says so, and takes them afterwards', async () => {
      const period = `${api('erp')}/finance/v1/periods/current`;
      const on = await switchFault({ name: 'period-closed', on: true });
      await vi.waitFor(() => expect(errorsOf('PERIOD_CLOSED', on).length).toBeGreaterThan(0), patiently);
      expect(await get(period)).toEqual([200, { period: expect.stringMatching(/^\d{4}-\d\d$/) as string, status: 'closed' }]);
      await switchFault({ name: 'period-closed', on: false });
      await vi.waitFor(async () => expect(await get(period)).toEqual([200, expect.objectContaining({ status: 'open' })]), patiently);
      await vi.waitFor(async () => expect(await query(`SELECT count(*)::int AS n FROM inventory.usage_interface WHERE status = 'E'`)).toEqual([{ n: 0 }]), patiently);
    });

    it('voids the accounts of one payer for good', async () => {
      await switchFault({ name: 'accounts-voided', on: true, target: '60410' });
      const rejected = `SELECT case_key AS claim FROM inventory.charge_interface WHERE status = 'E' AND error_code = 'ACCOUNT_VOIDED' AND payer_code = '60410' AND next_attempt_at = 'infinity' LIMIT 1`;
      await vi.waitFor(async () => expect(await query(rejected)).toHaveLength(1), patiently);
      const account = `${api('billing')}/billing/v3/accounts/${await noted('claim', rejected)}`;
      await switchFault({ name: 'accounts-voided', on: false });
      expect(await get(account)).toEqual([200, expect.objectContaining({ voided: true })]);
      expect(await query(`SELECT count(*)::int AS n FROM inventory.charge_interface WHERE error_code = 'ACCOUNT_VOIDED' AND payer_code <> '60410'`)).toEqual([{ n: 0 }]);
    });
  });

  it('leaves no process behind when it is ended', async () => {
    const pids = (await systems()).flatMap(({ pid }) => (pid === null ? [] : [pid]));
    expect(pids).toHaveLength(8);
    await sandbox.stop();
    expect(sandbox.child.exitCode).toBe(0);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
