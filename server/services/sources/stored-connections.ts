/** Connections as they are stored: what web and collectors exchange about a source that no file declares. */
import { z } from 'zod';
import { CONNECTABLE_KINDS, type ConnectableKind } from '@/server/domain/sources/connection';
import type { Database, schema } from '@/server/store/postgres';

export type StoredConnection = typeof schema.sourceConnections.$inferSelect & { kind: ConnectableKind };

/** What a sealed secret of a source is for; needed to seal and to open it, see `server/domain/sources/secret-box`. */
export const secretPurpose = (sourceId: string, use: 'observe' | 'levers') => `${sourceId}/${use}`;

/**
 * A connection that is tested before it is saved. Secrets are sealed like stored ones, for the source id that the request
 * names; a password that was left empty in the form is the stored one, copied in here.
 */
export const candidateConnection = z.strictObject({
  name: z.string(),
  system: z.string(),
  kind: z.enum(CONNECTABLE_KINDS),
  settings: z.record(z.string(), z.unknown()),
  observeSecret: z.string().nullable(),
  leverSecret: z.string().nullable(),
});
export type CandidateConnection = z.infer<typeof candidateConnection>;

/** All sources that were added in the product, by id. */
export async function readStoredConnections(db: Database): Promise<StoredConnection[]> {
  const rows = await db.query.sourceConnections.findMany({ orderBy: (row, { asc }) => [asc(row.sourceId)] });
  return rows.filter((row): row is StoredConnection => (CONNECTABLE_KINDS as readonly string[]).includes(row.kind));
}
