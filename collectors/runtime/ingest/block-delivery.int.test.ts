/**
 * Each way in which an insert can go wrong, one by one, on a real engine. The life of the engine process is ended by
 * emptying `engine_life`, which is what a restart does; the kill test next door does it for real.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestClickHouse, type TestClickHouse } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { compileMapper } from '@/server/domain/mapping/compile-mapper';
import { ClickHouseFailure, connectClickHouse, type BlockInsert, type ClickHouse } from '@/server/store/clickhouse/client';
import { migrateClickHouse } from '@/server/store/clickhouse/migrate';
import { OtlpBlockBuilders } from '../../otlp/otlp-block-builder';
import { spanRequest, testContracts } from '../../testing/span-requests';
import { Journal } from '../spool/journal';
import type { EncodedBlock } from './block-builder';
import { BlockDelivery, DeliveryStopped } from './block-delivery';

const RANGE = { from: { segment: 1, offset: 0 }, to: { segment: 1, offset: 900 } };
const DAY_MS = 86_400_000;
const RECEIVED_MS = Date.UTC(2026, 0, 5, 12, 0, 30);

const parsed = Object.entries(testContracts()).map(([name, text]) => parseContractFile(name, text));
const mapper = compileMapper(contractSetOf(parsed.flatMap((file) => file.documents.map((document) => document.body))), { tokenKey: Buffer.alloc(32, 1), tokenKeyId: 'k1' });
const builders = new OtlpBlockBuilders(() => mapper, { maxAgeMs: 30 * DAY_MS, maxFutureMs: 3_600_000 });

let database: TestClickHouse;
let clickhouse: ClickHouse;
let dir: string;
let journal: Journal;
let stop: AbortController;
beforeAll(async () => {
  database = await createTestClickHouse();
  await migrateClickHouse(database.writerUrl);
  clickhouse = connectClickHouse(database.writerUrl, { name: 'test' });
});
afterAll(async () => {
  await clickhouse.close();
  await database.drop();
});
beforeEach(async () => {
  for (const table of ['otel_traces', 'flow_minute', 'flow_event_minute', 'impact_minute', 'otel_traces_trace_id_ts', 'engine_life']) {
    await clickhouse.command(`TRUNCATE TABLE ${table}`);
  }
  dir = mkdtempSync(join(tmpdir(), 'signalbox-delivery-'));
  journal = new Journal(dir);
  stop = new AbortController();
});
afterEach(() => {
  journal.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A hundred spans, ninety of them with a flow, partly on the day before. */
function blocks(ids: () => bigint = () => journal.nextBatchId()): EncodedBlock[] {
  const builder = builders.next();
  for (const endedAtMs of [RECEIVED_MS, RECEIVED_MS - DAY_MS]) {
    builder.append(spanRequest(endedAtMs === RECEIVED_MS ? 1 : 2, 50, endedAtMs).body, 'json', RECEIVED_MS);
  }
  return builder.finish(ids);
}

type Mishap = (insert: BlockInsert, really: () => Promise<void>) => Promise<void>;

/** A client whose first inserts go wrong in the given ways. */
function withMishaps(...mishaps: Mishap[]): ClickHouse {
  return { ...clickhouse, insertBlock: (insert) => (mishaps.shift() ?? ((_, really) => really()))(insert, () => clickhouse.insertBlock(insert)) };
}
const engineRestarts = () => clickhouse.command('TRUNCATE TABLE engine_life');
const connectionBreaks = () => new ClickHouseFailure('insert', Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));

const answerLost: Mishap = async (_, really) => {
  await really();
  throw connectionBreaks();
};
const neverArrived: Mishap = async () => {
  throw connectionBreaks();
};
const diedAfterInsert: Mishap = async (_, really) => {
  await really();
  await engineRestarts();
  throw connectionBreaks();
};
const diedBeforeInsert: Mishap = async () => {
  await engineRestarts();
  throw connectionBreaks();
};
/** What the engine was seen to do when killed: raw has the block, a rollup does not. */
const diedBetweenRawAndRollup: Mishap = async (_, really) => {
  await really();
  await clickhouse.command('TRUNCATE TABLE flow_minute');
  await clickhouse.command(`ALTER TABLE impact_minute DELETE WHERE Dim = 'payer'`, { settings: { mutations_sync: '2' } });
  await clickhouse.command('TRUNCATE TABLE otel_traces_trace_id_ts');
  await engineRestarts();
  throw connectionBreaks();
};
/** The block is half there, as after a kill while two partitions were written. */
const diedHalfWay: Mishap = async (_, really) => {
  await really();
  await clickhouse.command('ALTER TABLE otel_traces DELETE WHERE SpanKind = \'Producer\'', { settings: { mutations_sync: '2' } });
  await engineRestarts();
  throw connectionBreaks();
};

async function totals() {
  const [row] = await clickhouse.query({
    name: 'totals',
    sql: `SELECT (SELECT count() FROM otel_traces) AS raw, (SELECT sum(Spans) FROM flow_minute) AS received, (SELECT sum(Spans) FROM flow_event_minute) AS event,
  (SELECT sum(Spans) FROM impact_minute WHERE Dim = 'payer') AS payer, (SELECT uniqExact(TraceId) FROM otel_traces_trace_id_ts) AS traces`,
    schema: z.record(z.string(), z.coerce.number()),
  });
  return row;
}
const ONCE = { raw: 100, received: 90, event: 90, payer: 90, traces: 100 };

describe('delivery of blocks', () => {
  const cases: [string, Mishap[]][] = [
    ['nothing goes wrong', []],
    ['the answer is lost', [answerLost]],
    ['the insert never arrives', [neverArrived]],
    ['the answer is lost twice', [answerLost, answerLost]],
    ['the engine dies after the insert', [diedAfterInsert]],
    ['the engine dies before the insert', [diedBeforeInsert]],
    ['the engine dies between raw and a rollup', [diedBetweenRawAndRollup]],
    ['the engine dies half-way in raw', [diedHalfWay]],
    ['the engine dies, and dies again on the retry', [diedBeforeInsert, diedBetweenRawAndRollup]],
    ['the answer is lost, then the engine dies', [answerLost, diedBeforeInsert]],
  ];
  it.each(cases)('counts once when %s', async (_, mishaps) => {
    const delivery = new BlockDelivery(withMishaps(...mishaps), journal, stop.signal);
    await delivery.deliver(RANGE, blocks());
    expect(await totals()).toEqual(ONCE);
    expect(journal.group).toBeNull();
    expect(journal.repair).toBeNull();
    expect(journal.committed).toEqual(RANGE.to);
    expect(delivery.state.failingSinceMs).toBeNull();
  });

  it.each(cases)('counts once when %s and the collectors die then', async (_, mishaps) => {
    const dying = mishaps.map((mishap): Mishap => async (insert, really) => {
      // The process is gone the moment the insert goes wrong; only the journal is left.
      stop.abort();
      await mishap(insert, really);
    });
    const first = new BlockDelivery(withMishaps(...dying), journal, stop.signal);
    const delivered = first.deliver(RANGE, blocks());
    if (mishaps.length > 0) await expect(delivered).rejects.toThrow(DeliveryStopped);
    else await delivered;
    journal.close();

    journal = new Journal(dir);
    const second = new BlockDelivery(clickhouse, journal, new AbortController().signal);
    await second.repairPending();
    const open = journal.group;
    expect(open === null).toBe(mishaps.length === 0);
    if (open) {
      const ids = open.blocks.map((block) => BigInt(block.batchId));
      await second.resume(open, blocks(() => ids.shift()!));
    }
    expect(await totals()).toEqual(ONCE);
    expect(journal.group).toBeNull();
  });

  it('does not take the rows of a second rebuild for a repeated insert', async () => {
    const delivery = new BlockDelivery(clickhouse, journal, stop.signal);
    const made = blocks();
    await delivery.deliver(RANGE, made);
    const repair = {
      receivedMinutes: made[0]!.receivedMinutes, eventMinutes: made.flatMap((block) => block.eventMinutes), batchIds: made.map((block) => block.batchId.toString()),
    };
    for (let time = 0; time < 3; time++) {
      journal.beginRepair(repair);
      await delivery.repairPending();
      expect(await totals()).toEqual(ONCE);
    }
  });

  it('refuses a block that ClickHouse can never take', async () => {
    const delivery = new BlockDelivery(clickhouse, journal, stop.signal);
    const [block] = blocks();
    const cut = { ...block!, body: block!.body.subarray(0, block!.body.length - 40) };
    await expect(delivery.deliver(RANGE, [cut])).rejects.toThrow(/ClickHouse insert into otel_traces/);
    expect((await totals())!.raw).toBe(0);
  });
});
