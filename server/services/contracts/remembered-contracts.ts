import type { Database } from '@/server/store/postgres';
import { loadActiveContracts, type ActiveContracts } from './load-active-contracts';

const remembered = new WeakMap<Database, ActiveContracts>();

/** The contracts in force, parsed anew only when another version of any has come into force. */
export async function rememberedContracts(db: Database): Promise<ActiveContracts> {
  const active = await loadActiveContracts(db, remembered.get(db));
  remembered.set(db, active);
  return active;
}
