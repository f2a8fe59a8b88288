import { createHash } from 'node:crypto';
import { z } from 'zod';
import { connectClickHouse, type ClickHouse } from './client';
import { createDatabase, type Target } from './ddl';
import { MIGRATIONS } from './migrations';

/**
 * Brings the database to the newest schema. Safe to run again, also after it died half-way.
 *
 * @param url http(s)://user:password@host:port/database of a user who may create databases, tables and views
 * @param options.cluster name of the ClickHouse cluster to create Replicated and Distributed tables on; omit for a single node
 * @param options.onCluster false to run the statements on the connected node only (default: ON CLUSTER)
 * @returns names of the migrations applied now
 */
export async function migrateClickHouse(url: string, options: { cluster?: string; onCluster?: boolean } = {}): Promise<string[]> {
  const database = databaseOf(url);
  const target: Target = options.cluster
    ? { kind: 'cluster', database, cluster: options.cluster, onCluster: options.onCluster ?? true }
    : { kind: 'single', database };
  const bootstrap = connectClickHouse(withDatabase(url, 'system'), { name: 'signalbox-migrate' });
  try {
    await refuseMixedEngines(bootstrap, target);
    await bootstrap.command(createDatabase(target));
  } finally {
    await bootstrap.close();
  }
  const clickhouse = connectClickHouse(url, { name: 'signalbox-migrate' });
  try {
    return await applyMissing(clickhouse, target);
  } finally {
    await clickhouse.close();
  }
}

async function applyMissing(clickhouse: ClickHouse, target: Target): Promise<string[]> {
  await clickhouse.command(
    `CREATE TABLE IF NOT EXISTS ${target.database}.schema_migrations (Number UInt32, Name String, Target String, Sha256 String, AppliedAt DateTime64(3))
ENGINE = ReplacingMergeTree(AppliedAt) ORDER BY Number`,
  );
  const applied = await clickhouse.query({
    name: 'applied migrations',
    sql: `SELECT Number, argMax(Sha256, AppliedAt) AS Sha256 FROM ${target.database}.schema_migrations GROUP BY Number`,
    schema: z.object({ Number: z.number(), Sha256: z.string() }),
  });
  const known = new Set(applied.map((row) => row.Number));
  const newest = Math.max(0, ...known);
  const ours = Math.max(...MIGRATIONS.map((migration) => migration.number));
  if (newest > ours) {
    throw new Error(
      `The ClickHouse database ${target.database} was migrated to number ${newest} by a newer Signalbox; this one knows up to ${ours}. Start the newer version.`,
    );
  }
  const done: string[] = [];
  for (const migration of MIGRATIONS) {
    if (known.has(migration.number)) continue;
    const statements = migration.statements(target);
    for (const statement of statements) await clickhouse.command(statement);
    const sha256 = createHash('sha256').update(statements.join(';\n')).digest('hex');
    await clickhouse.insertRows(`${target.database}.schema_migrations`, [
      { Number: migration.number, Name: migration.name, Target: target.kind, Sha256: sha256, AppliedAt: new Date().toISOString().replace('T', ' ').replace('Z', '') },
    ]);
    done.push(migration.name);
  }
  return done;
}

/** A database that is half single-node and half cluster loses rows in silence; refuse it by name. */
async function refuseMixedEngines(clickhouse: ClickHouse, target: Target): Promise<void> {
  const [row] = await clickhouse.query({
    name: 'engine families',
    sql: `SELECT countIf(engine LIKE 'Replicated%') AS replicated, countIf(engine LIKE '%MergeTree' AND engine NOT LIKE 'Replicated%' AND name != 'schema_migrations') AS plain
FROM system.tables WHERE database = {database:String}`,
    params: { database: target.database },
    schema: z.object({ replicated: z.coerce.number(), plain: z.coerce.number() }),
  });
  const wrong = target.kind === 'single' ? row!.replicated : row!.plain;
  if (wrong > 0) {
    throw new Error(
      `The ClickHouse database ${target.database} already holds ${target.kind === 'single' ? 'cluster (Replicated)' : 'single-node'} tables; ` +
        `migrate it as ${target.kind === 'single' ? 'a cluster (CLICKHOUSE_CLUSTER)' : 'a single node'}, or use another database.`,
    );
  }
}

function databaseOf(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname.replace(/^\//, '')) || 'signalbox';
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`"${name}" cannot be a ClickHouse database name here: use letters, digits and underscores.`);
  return name;
}

function withDatabase(url: string, database: string): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.href;
}
