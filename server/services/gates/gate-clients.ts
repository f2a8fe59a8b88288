import { schema, type Database } from '@/server/store/postgres';
import { and, eq, like } from 'drizzle-orm';

/** What one client of a gate was told last. */
export interface GateClient {
  /** Its token's name, with its instance where it has one. */
  name: string;
  etag: string;
  /** How often in a row it was given this answer, or said that it knows it. */
  times: number;
  firstAt: Date;
  lastAt: Date;
}

/** The clients of a flow's gate, last seen first. What signed-in people asked is no client: nobody sends by their session. */
export async function readGateClients(db: Database, flowId: string): Promise<GateClient[]> {
  const { gatePolls } = schema;
  const rows = await db.select().from(gatePolls).where(and(eq(gatePolls.flowId, flowId), like(gatePolls.client, 'token:%')));
  return rows.map(({ client, etag, times, firstAt, lastAt }) => ({ name: client.slice('token:'.length), etag, times, firstAt, lastAt }))
    .toSorted((a, b) => b.lastAt.getTime() - a.lastAt.getTime() || (a.name < b.name ? -1 : 1));
}
