import { actorLabel, type Actor } from '@/server/domain/roles/actor';
import type { Permission } from '@/server/domain/roles/permissions';
import type { ServiceContext } from '../service-context';
import { recordAudit } from './record-audit';

/**
 * Records that somebody tried to change something that their roles do not include, where this is found out before the verb
 * is called. Reading without the permission is answered, not recorded: pages ask for many things.
 *
 * @param asked the procedure or operation, e.g. `sources.create`
 */
export async function recordDenial({ db, actor, now }: { db: ServiceContext['db']; actor: Actor; now(this: void): Date }, asked: string, permission: Permission): Promise<void> {
  await db.transaction((tx) => recordAudit(tx, { actor, now }, {
    action: 'access.denied', subject: `call:${asked}`, outcome: 'refused', reason: `The roles of ${actorLabel(actor)} do not include ${permission}.`,
  }));
}
