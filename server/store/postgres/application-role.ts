/** The role of web, collectors and command line: it works with the tables and owns none of them. */
import pg from 'pg';

/** What only grows. The role may read and add here, and nothing else. */
const APPEND_ONLY = ['audit_events', 'audit_anchors'] as const;

/**
 * Gives a role what the processes of Signalbox need in a database that has just been migrated: to read and write every
 * table, but only to add to the audit trail. Safe to run again; needed again after every migration that adds a table.
 *
 * @param ownerUrl of the owner of the tables
 * @param role an existing role without rights of its own in this schema
 * @throws Error when the role would still be able to change the audit trail, e.g. because it is a member of the owner
 */
export async function grantApplicationRole(ownerUrl: string, role: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  const to = pg.escapeIdentifier(role);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`GRANT USAGE ON SCHEMA public TO ${to}`);
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${to}`);
    await client.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${to}`);
    await client.query(`REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON ${APPEND_ONLY.join(', ')} FROM ${to}`);
    const { rows } = await client.query<{ name: string }>(
      "SELECT name FROM unnest($2::text[]) AS name WHERE has_table_privilege($1, name, 'UPDATE, DELETE, TRUNCATE')", [role, APPEND_ONLY],
    );
    if (rows.length > 0) {
      throw new Error(`The role "${role}" could still change ${rows.map(({ name }) => name).join(' and ')}: it owns the tables, is a member of their owner, or is a superuser. Make a plain role for DATABASE_URL, or leave DATABASE_OWNER_URL out to work with one role.`);
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
