import { describe, expect, test } from 'vitest';
import { accessAt, type AccessEvent, type KnownHolder } from './access-report';

const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const grants = (...roles: string[]) => roles.map((role) => ({ role, facilities: null, payers: null }));
const person = (id: string, ...roles: string[]) => ({ userId: id, email: `${id}@hospital.example`, name: id, grants: grants(...roles) });
const token = (id: string, told: { expiresAt?: Date } = {}) => ({ tokenId: id, name: id, kind: 'api', role: 'viewer', facilities: null, payers: null, expiresAt: told.expiresAt?.toISOString() ?? null, revokedAt: null });
const user = (id: string, createdAt: Date, endedAt: Date | null, ...roles: string[]): KnownHolder => ({ kind: 'user', id, label: `${id}@hospital.example`, name: id, grants: grants(...roles), createdAt, endedAt });

const seen = (day: number, events: AccessEvent[], known: KnownHolder[] = []) =>
  accessAt(at(day), events, known).map((holder) => `${holder.kind} ${holder.id} ${holder.grants.map(({ role }) => role).join('+')} ${holder.witness}`);

describe('who had access', () => {
  const events: AccessEvent[] = [
    { at: at(2), action: 'user.create', before: null, after: person('ada', 'admin') },
    { at: at(4), action: 'user.follow-groups', before: person('ada', 'admin'), after: person('ada', 'engineer') },
    { at: at(5), action: 'user.reset-password', before: null, after: { userId: 'ada' } },
    { at: at(6), action: 'user.disable', before: person('ada', 'engineer'), after: { userId: 'ada', disabledAt: at(6).toISOString() } },
    { at: at(3), action: 'token.create', before: null, after: token('ci', { expiresAt: at(8) }) },
    { at: at(3), action: 'token.create', before: null, after: token('old') },
    { at: at(5), action: 'token.revoke', before: token('old'), after: token('old') },
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());

  test.each([
    [1, []],
    [2, ['user ada admin trail']],
    [3, ['user ada admin trail', 'token ci viewer trail', 'token old viewer trail']],
    [4, ['user ada engineer trail', 'token ci viewer trail', 'token old viewer trail']],
    [5, ['user ada engineer trail', 'token ci viewer trail']],
    [6, ['token ci viewer trail']],
    [8, []],
  ])('on day %i', (day, expected) => {
    expect(seen(day, events)).toEqual(expected);
  });

  test('the tables as they are now do not change what the trail tells', () => {
    expect(seen(3, events, [user('ada', at(2), at(6), 'engineer')])).toEqual(seen(3, events));
  });
});

describe('who was there before the trail began', () => {
  test('is taken from the tables, and said to be', () => {
    const known = [user('eve', at(1), null, 'noc'), user('gone', at(1), at(3), 'admin')];
    expect(seen(2, [], known)).toEqual(['user eve noc table', 'user gone admin table']);
    expect(seen(4, [], known)).toEqual(['user eve noc table']);
  });

  test('had the roles that the first event found', () => {
    const events: AccessEvent[] = [
      { at: at(5), action: 'user.follow-groups', before: person('eve', 'noc'), after: person('eve', 'admin') },
      { at: at(7), action: 'user.disable', before: person('eve', 'admin'), after: { userId: 'eve' } },
    ];
    const known = [user('eve', at(1), at(7), 'admin')];
    expect([2, 5, 7].map((day) => seen(day, events, known))).toEqual([['user eve noc table'], ['user eve admin table'], []]);
  });

  test('keeps being there when the trail tells of a new password only', () => {
    const events: AccessEvent[] = [{ at: at(5), action: 'user.reset-password', before: null, after: { userId: 'eve' } }];
    expect([2, 6].map((day) => seen(day, events, [user('eve', at(1), null, 'noc')]))).toEqual([['user eve noc table'], ['user eve noc table']]);
  });
});
