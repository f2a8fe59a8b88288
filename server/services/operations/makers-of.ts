import { eq } from 'drizzle-orm';
import type { Actor } from '@/server/domain/roles/actor';
import { schema, type Database } from '@/server/store/postgres';

/** Who made the token that acts, as a label, e.g. `user:nora@hospital.example`; empty for everybody else. */
export async function makersOf(db: Pick<Database, 'select'>, actor: Actor): Promise<string[]> {
  if (actor.kind !== 'token') return [];
  const { tokens } = schema;
  return (await db.select({ by: tokens.createdBy }).from(tokens).where(eq(tokens.id, actor.id))).map(({ by }) => by);
}
