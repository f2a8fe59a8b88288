import type { Grant, Scope } from './scope';
import { roleAllows, type Permission, type Role } from './permissions';

/** Who asks. Grants are loaded with every request, so that a change of roles is in force at once. */
export type Actor =
  | Person
  | { kind: 'token'; id: string; name: string; grants: readonly Grant<Role>[] }
  /** A person at the machine with access to its files (CLI, supervisor). */
  | { kind: 'system'; name: string };

export interface Person {
  kind: 'user';
  id: string;
  email: string;
  name: string;
  grants: readonly Grant<Role>[];
}

/** The scopes in which an actor holds a permission; empty when it does not hold it at all. */
export function scopesFor(actor: Actor, permission: Permission): Scope[] {
  if (actor.kind === 'system') return [{ facilities: null, payers: null }];
  return actor.grants.filter((grant) => roleAllows(grant.role, permission, actor.kind)).map((grant) => grant.scope);
}

export function may(actor: Actor, permission: Permission): boolean {
  return scopesFor(actor, permission).length > 0;
}

/** The actor as it is written into records, e.g. `user:noc@hospital.example`. */
export function actorLabel(actor: Actor): string {
  return actor.kind === 'user' ? `user:${actor.email}` : `${actor.kind}:${actor.name}`;
}

/** Who a record names, for people: `user:nora@x` is Nora's address, machines say what they are. Sentences name people so. */
export function actorInWords(label: string): string {
  const [kind, ...rest] = label.split(':');
  const name = rest.join(':');
  if (name === '') return label;
  return kind === 'user' ? name : kind === 'token' ? `the token ${name}` : `Signalbox (${name})`;
}
