import type { Actor } from '@/server/domain/roles/actor';
import { scopesFor } from '@/server/domain/roles/actor';
import type { Permission } from '@/server/domain/roles/permissions';
import type { Scope } from '@/server/domain/roles/scope';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import type { Database } from '@/server/store/postgres';
import { Refusal } from './refusal';

/** What every verb is called with: the stores, who asks, and what time it is. */
export interface ServiceContext {
  db: Database;
  clickhouse: ClickHouse;
  actor: Actor;
  now(): Date;
  /** Aborted when the caller has gone, so that a slow read ends. */
  signal?: AbortSignal;
}

/**
 * First line of every verb. Who lacks the permission learns nothing, not even that the thing exists.
 *
 * @param thing what was asked for, as it may be named to an outsider, e.g. `Flow "x"`
 * @returns the scopes in which the permission is held, at least one
 * @throws Refusal not-found
 */
export function authorize(context: { actor: Actor }, permission: Permission, thing: string): Scope[] {
  const scopes = scopesFor(context.actor, permission);
  if (scopes.length === 0) {
    throw new Refusal('not-found', `${thing} was not found, or your roles do not include ${permission}. An administrator can grant it.`);
  }
  return scopes;
}
