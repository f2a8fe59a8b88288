/** A control room on engines of its own, as it is deployed, with the broker's shovel switched on. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openControlRoom, type ControlRoom } from '@/collectors/testing/control-room';
import { startPostgres } from '@/scripts/engines/postgres';
import { randomPassword, startEmptyClickHouse } from '../ingest/sides/clickhouse';
import { Started } from '../ingest/sides/side';

export interface BenchRoom extends ControlRoom {
  /** With account and database. */
  clickhouseUrl: string;
}

/** So high that it never slows anything: what is measured is how fast it can go. */
const REPLAY = 'class: R2, approval: none, rate: 100000/s';

export async function openBenchRoom(): Promise<BenchRoom> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  // As root, Postgres runs under its own account and must be able to enter.
  chmodSync(directory, 0o755);
  const started = new Started();
  const close = async () => {
    await started.stopAll();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), password: randomPassword() });
    started.add(() => postgres.stop());
    const { url } = await startEmptyClickHouse(directory, started);
    // They go with their engines.
    const drop = () => Promise.resolve();
    const room = await openControlRoom({
      replay: REPLAY,
      databases: { postgres: { url: postgres.url('postgres'), drop }, clickhouse: { database: new URL(url).pathname.slice(1), writerUrl: url, readerUrl: url, drop } },
    });
    started.add(() => room.close());
    await room.broker.setPlugin('rabbitmq_shovel', true);
    return { ...room, clickhouseUrl: url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
