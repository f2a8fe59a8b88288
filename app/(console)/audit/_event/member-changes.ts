import type { Json } from '@/server/domain/canonical-json';

export interface MemberChange {
  /** Path of the member, e.g. `settings.management`; empty for a value that has none. */
  member: string;
  /** Null: was not there. */
  before: string | null;
  after: string | null;
  isChanged: boolean;
}

/** Members of what was before and after side by side, in their order; objects are opened, lists are not. */
export function memberChanges(before: Json, after: Json): MemberChange[] {
  const [was, is] = [flat(before), flat(after)];
  return [...new Set([...was.keys(), ...is.keys()])].map((member): MemberChange => {
    const [old, now] = [was.get(member) ?? null, is.get(member) ?? null];
    return { member, before: old, after: now, isChanged: old !== now };
  });
}

function flat(value: Json, path = ''): Map<string, string> {
  if (value === null && path === '') return new Map();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return new Map([[path, typeof value === 'string' ? value : JSON.stringify(value)]]);
  const members = Object.entries(value).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  if (members.length === 0 && path !== '') return new Map([[path, '{}']]);
  return new Map(members.flatMap(([name, member]) => [...flat(member, path === '' ? name : `${path}.${name}`)]));
}
