import type { Actor } from '@/server/domain/roles/actor';
import { permissionsOf, type Permission, type Role } from '@/server/domain/roles/permissions';
import type { Grant } from '@/server/domain/roles/scope';

export interface Me {
  kind: Actor['kind'];
  name: string;
  email: string | null;
  grants: readonly Grant<Role>[];
  permissions: Permission[];
}

/** Who the caller is and what they may do; needs no permission, because it tells nothing about anybody else. */
export function readMe({ actor }: { actor: Actor }): Me {
  if (actor.kind === 'system') return { kind: actor.kind, name: actor.name, email: null, grants: [], permissions: [] };
  return {
    kind: actor.kind,
    name: actor.name,
    email: actor.kind === 'user' ? actor.email : null,
    grants: actor.grants,
    permissions: permissionsOf(actor.grants.map((grant) => grant.role), actor.kind),
  };
}
