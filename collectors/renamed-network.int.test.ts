/**
 * Mapping is the contracts' work: a network that names all its services and attributes otherwise gives the same
 * figures when nothing but contracts is edited.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { runSandbox } from '@/sandbox/testing/run-sandbox';
import { loadVocabulary } from '@/sandbox/vocabulary';
import { createTestClickHouse, createTestPostgres, type TestClickHouse, type TestPostgres } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { compileMapper } from '@/server/domain/mapping/compile-mapper';
import { connectClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { insertSpans } from '@/server/store/clickhouse/span-writer';
import { OtlpBlockBuilders } from './otlp/otlp-block-builder';
import { startOtlpSink, type OtlpSink } from './testing/otlp-sink';

const DAY_MS = 86_400_000;

let folder: string;
let postgres: TestPostgres;
let sink: OtlpSink;
let databases: TestClickHouse[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-renamed-'));
  postgres = await createTestPostgres();
  databases = [await createTestClickHouse(), await createTestClickHouse()];
  sink = await startOtlpSink();
});
afterAll(async () => {
  await sink.close();
  await postgres.drop();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Old name → new name, for every service and attribute key of the network. No new name is part of another name. */
function renames(): { attributes: Record<string, string>; services: Record<string, string> } {
  const { attributes, services } = loadVocabulary(undefined);
  const fresh = (prefix: string, names: string[]) => Object.fromEntries(names.map((name, index) => [name, `${prefix}${String(index).padStart(2, '0')}`]));
  return { attributes: fresh('other.key', Object.values(attributes)), services: fresh('other-service', Object.values(services)) };
}

function replaceAll(text: string, names: [string, string][]): string {
  // Longest first: a name may be the beginning of another.
  return names.toSorted(([a], [b]) => b.length - a.length).reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

async function readContracts(dir: string): Promise<Map<string, string>> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => name.endsWith('.yaml'));
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(dir, name), 'utf8')] as const)));
}

/** What people would be shown, from spans mapped by these contracts. */
async function figuresOf(database: TestClickHouse, contracts: Map<string, string>, bodies: string[], receivedAtMs: number) {
  await migrateClickHouse(database.writerUrl);
  const parsed = [...contracts].map(([name, text]) => parseContractFile(name, text));
  expect(parsed.flatMap((file) => file.problems)).toEqual([]);
  const mapper = compileMapper(contractSetOf(parsed.flatMap((file) => file.documents.map((document) => document.body))), { tokenKey: Buffer.alloc(32, 9), tokenKeyId: 'k1' });
  const builder = new OtlpBlockBuilders(() => mapper, { maxAgeMs: DAY_MS, maxFutureMs: DAY_MS }).next();
  for (const body of bodies) builder.append(Buffer.from(body), 'json', receivedAtMs);
  const clickhouse = connectClickHouse(database.writerUrl, { name: 'test' });
  try {
    let id = 0n;
    for (const block of builder.finish(() => ++id)) await insertSpans(clickhouse, { body: block.body, token: `block-${block.batchId}` });
    const ask = (name: string, sql: string) => clickhouse.query({ name, sql, schema: z.record(z.string(), z.unknown()) });
    return {
      hops: await ask('hops', 'SELECT FlowId, HopId, sum(Spans) AS spans, sum(Enters) AS enters, sum(Leaves) AS leaves, sum(FailedAttempts) AS failed, sumMap(Lat) AS latency FROM flow_minute GROUP BY FlowId, HopId ORDER BY FlowId, HopId'),
      impact: await ask('impact', 'SELECT Dim, Value, FlowId, HopId, sum(Spans) AS spans, sum(FailedAttempts) AS failed FROM impact_minute GROUP BY ALL ORDER BY ALL'),
      business: await ask('business', 'SELECT FlowId, HopId, SourceId, uniqExact(CaseToken) AS cases, toString(sum(Amount)) AS amount, uniqExact(MessageId) AS messages, uniqExact(DepartmentId) AS departments, uniqExact(ItemId) AS items FROM otel_traces GROUP BY ALL ORDER BY ALL'),
    };
  } finally {
    await clickhouse.close();
  }
}

it('gives the same figures when every service and attribute is renamed and only contracts are edited', async () => {
  const { attributes, services } = renames();
  const names = [...Object.entries(attributes), ...Object.entries(services)];
  const vocabularyFile = join(folder, 'vocabulary.json');
  const contractsDir = join(folder, 'contracts');
  await writeFile(vocabularyFile, JSON.stringify({ attributes, services }));
  const flows = (await readContracts(join(import.meta.dirname, '../contracts'))).size;

  const sandbox = await runSandbox({
    SANDBOX_DATABASE_URL: postgres.url, SANDBOX_OTLP_URL: sink.url, SANDBOX_OTLP_PROTOCOL: 'json', SANDBOX_VOCABULARY: vocabularyFile,
    SANDBOX_CONTRACTS_OUT: contractsDir, SANDBOX_FACTOR: '600',
  });
  try {
    // Both ends of the longest process: usage at the point of care, and the journal in the general ledger.
    await expect.poll(() => [attributes['meridian.usage_line.id']!, attributes['meridian.journal.batch']!].every((key) => sink.bodies.some((body) => body.includes(key))), { timeout: 100_000 }).toBe(true);
  } catch (error) {
    throw new Error(`The sandbox sent no journal:\n${sandbox.output()}`, { cause: error });
  } finally {
    await sandbox.stop();
  }

  const receivedAtMs = Date.now();
  const contracts = await readContracts(contractsDir);
  expect(contracts.size).toBe(flows);
  const renamedContracts = new Map([...contracts].map(([name, text]) => [name, replaceAll(text, names)]));
  const originalBodies = sink.bodies.map((body) => replaceAll(body, names.map(([from, to]) => [to, from])));
  expect(sink.bodies.join('')).not.toContain('meridian.facility.id');

  const original = await figuresOf(databases[0]!, contracts, originalBodies, receivedAtMs);
  const renamed = await figuresOf(databases[1]!, renamedContracts, sink.bodies, receivedAtMs);
  expect(renamed).toEqual(original);
  expect(original.hops.length).toBeGreaterThan(15);
  expect(original.impact.length).toBeGreaterThan(50);
}, 180_000);
