import { exactJson } from '@/server/domain/audit/exact-json';
import type { Json } from '@/server/domain/canonical-json';
import type { StoredConnection } from './stored-connections';

type Described = Pick<StoredConnection, 'name' | 'system' | 'kind' | 'match' | 'settings' | 'observeSecret' | 'leverSecret'> & { enabled?: boolean };

/**
 * A source as the audit trail keeps it: whether it has credentials, and never a password.
 *
 * @param previous told for a change: which credentials are others than before
 */
export function sourceForAudit({ name, system, kind, match, enabled, settings, observeSecret, leverSecret }: Described, previous?: Pick<StoredConnection, 'observeSecret' | 'leverSecret'>): Json {
  const credentials = (now: string | null, before: string | null | undefined) =>
    now === null ? 'none' : before === undefined || before === null ? 'set' : now === before ? 'kept' : 'replaced';
  return exactJson({
    name, system, kind, match, enabled, settings,
    observe: credentials(observeSecret, previous?.observeSecret), levers: credentials(leverSecret, previous?.leverSecret),
  });
}
