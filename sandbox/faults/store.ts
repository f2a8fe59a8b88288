import type { Pool } from 'pg';
import type { ActiveFault, FaultName } from './catalogue';

export const FAULTS_DDL = `
  CREATE TABLE IF NOT EXISTS sandbox.active_fault (
    name      text PRIMARY KEY,
    target    text,
    since     timestamptz NOT NULL DEFAULT now()
  )
`;

/** The faults that are on, oldest first. They outlive every process. */
export async function activeFaults(pool: Pool): Promise<ActiveFault[]> {
  const { rows } = await pool.query<{ name: FaultName; target: string | null; since: Date }>(
    'SELECT name, target, since FROM sandbox.active_fault ORDER BY since, name',
  );
  return rows.map(({ name, target, since }) => ({ name, target, since: since.toISOString() }));
}

/** Switches a fault on, or aims it elsewhere; switching on what is on the same way keeps its beginning. */
export async function switchOn(pool: Pool, name: FaultName, target: string | null): Promise<void> {
  await pool.query(
    `INSERT INTO sandbox.active_fault AS active (name, target) VALUES ($1, $2)
     ON CONFLICT (name) DO UPDATE SET target = excluded.target, since = now()
     WHERE active.target IS DISTINCT FROM excluded.target`,
    [name, target],
  );
}

export async function switchOff(pool: Pool, name: FaultName): Promise<void> {
  await pool.query('DELETE FROM sandbox.active_fault WHERE name = $1', [name]);
}
