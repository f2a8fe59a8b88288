/** Who had access at an instant, put together from the events of the audit trail. */
import { z } from 'zod';

const grant = z.object({ role: z.string(), facilities: z.array(z.string()).nullable(), payers: z.array(z.string()).nullable() });
export type AccessGrant = z.infer<typeof grant>;

const personTold = z.object({ userId: z.string(), email: z.string(), name: z.string(), grants: z.array(grant) });
const tokenTold = z.object({
  tokenId: z.string(), name: z.string(), kind: z.string(), role: z.string(), facilities: z.array(z.string()).nullable(), payers: z.array(z.string()).nullable(),
  expiresAt: z.string().nullable(), revokedAt: z.string().nullable(),
});

/** An event about a user or a token that was done. */
export interface AccessEvent {
  at: Date;
  action: string;
  before: unknown;
  after: unknown;
}

/** Somebody as the tables know them now; fills in what was there before the trail began. */
export interface KnownHolder {
  kind: 'user' | 'token';
  id: string;
  /** E-mail of a user, name of a token. */
  label: string;
  name: string;
  grants: AccessGrant[];
  createdAt: Date;
  /** Disabled, revoked or expired. */
  endedAt: Date | null;
}

export interface AccessHolder {
  kind: 'user' | 'token';
  id: string;
  label: string;
  name: string;
  grants: AccessGrant[];
  since: Date;
  /** `table`: was there before the trail began, or was not added by Signalbox; the trail does not tell of its beginning. */
  witness: 'trail' | 'table';
}

/**
 * Users and tokens that could get in at that instant, by kind and label. Grants are those of the instant.
 *
 * @param events about users and tokens from the beginning of the trail on, in order; later ones than the instant matter too:
 * they tell what was before them
 */
export function accessAt(instant: Date, events: readonly AccessEvent[], known: readonly KnownHolder[]): AccessHolder[] {
  const holders = new Map<string, AccessHolder & { endedAt: Date | null }>();
  const told = new Set<string>();
  for (const event of events) {
    const before = holderOf(event.action, event.before);
    const after = holderOf(event.action, event.after);
    const key = before?.key ?? after?.key ?? namedUser(event);
    if (key === null) continue;
    if (!told.has(key) && !isBeginning(event.action)) {
      // The first that the trail says of somebody who was there before it: how they were until then.
      const row = known.find((candidate) => keyOf(candidate) === key);
      if (row && row.createdAt <= instant) holders.set(key, { ...shown(row), grants: before?.holder.grants ?? row.grants, endedAt: row.endedAt });
    }
    told.add(key);
    if (event.at > instant) continue;
    if (isBeginning(event.action) && after) holders.set(key, { ...after.holder, since: event.at, witness: 'trail', endedAt: after.endsAt });
    else if (isEnd(event.action)) holders.delete(key);
    else if (after) holders.set(key, { ...(holders.get(key) ?? { since: event.at, witness: 'trail', endedAt: after.endsAt }), ...after.holder });
  }
  for (const row of known) {
    if (!told.has(keyOf(row)) && row.createdAt <= instant) holders.set(keyOf(row), { ...shown(row), endedAt: row.endedAt });
  }
  return [...holders.values()]
    .filter(({ endedAt }) => endedAt === null || endedAt > instant)
    .map(({ endedAt: _, ...holder }) => holder)
    .toSorted((a, b) => (a.kind === b.kind ? (a.label < b.label ? -1 : 1) : a.kind === 'user' ? -1 : 1));
}

const isBeginning = (action: string) => action === 'user.create' || action === 'token.create';
const isEnd = (action: string) => action === 'user.disable' || action === 'token.revoke';
const keyOf = ({ kind, id }: { kind: string; id: string }) => `${kind}:${id}`;

function shown({ kind, id, label, name, grants, createdAt }: KnownHolder): AccessHolder {
  return { kind, id, label, name, grants, since: createdAt, witness: 'table' };
}

/** What an event tells of a user or a token as a whole; null where it tells less. */
function holderOf(action: string, value: unknown): { key: string; holder: Pick<AccessHolder, 'kind' | 'id' | 'label' | 'name' | 'grants'>; endsAt: Date | null } | null {
  if (action.startsWith('user.')) {
    const { success, data } = personTold.safeParse(value);
    if (!success) return null;
    return { key: `user:${data.userId}`, holder: { kind: 'user', id: data.userId, label: data.email, name: data.name, grants: data.grants }, endsAt: null };
  }
  const { success, data } = tokenTold.safeParse(value);
  if (!success) return null;
  const { tokenId: id, name, kind, role, facilities, payers, expiresAt } = data;
  return { key: `token:${id}`, holder: { kind: 'token', id, label: name, name: `${kind} token`, grants: [{ role, facilities, payers }] }, endsAt: expiresAt === null ? null : new Date(expiresAt) };
}

/** Of an event that names a user and tells nothing else, such as a new password. */
function namedUser({ action, after }: AccessEvent): string | null {
  const { success, data } = z.object({ userId: z.string() }).safeParse(after);
  return action.startsWith('user.') && success ? `user:${data.userId}` : null;
}
