import { describe, expect, it } from 'vitest';
import type { Person } from '../roles/actor';
import type { Role } from '../roles/permissions';
import type { Scope } from '../roles/scope';
import { isAddressedTo, LADDERS, levelAt, stepsUpTo, type Reach } from './escalation';
import { NOTICE_REASONS, REASONS, type NoticeReason } from './reasons';

const RAISED = new Date('2026-11-27T12:00:00Z');
const after = (minutes: number) => new Date(RAISED.getTime() + minutes * 60_000);
const ALL: Scope = { facilities: null, payers: null };
const person = (id: string, role: Role, scope: Scope = ALL): Person => ({ kind: 'user', id, email: `${id}@hospital.example`, name: id, grants: [{ role, scope }] });

describe('ladders', () => {
  it.each(Object.entries(LADDERS))('%s begin at once and climb in time', (_, steps) => {
    const times = steps.map(({ afterMs }) => afterMs);
    expect(times[0]).toBe(0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it.each(NOTICE_REASONS)('%s ends with everybody who can act, or becomes another reason', (reason) => {
    const last = LADDERS[REASONS[reason].ladder].at(-1)?.to;
    expect(reason === 'hold-review-soon' ? last === 'owner' : last === 'admins').toBe(true);
  });
});

describe('the step that is reached', () => {
  it.each<[string, NoticeReason, string | null, number, string[], Date | null]>([
    ['a leak at first', 'hold-leaking', 'me', 0, ['owner'], after(2)],
    ['a leak after a minute', 'hold-leaking', 'me', 1, ['owner'], after(2)],
    ['a leak after two minutes', 'hold-leaking', 'me', 2, ['owner', 'role'], after(10)],
    ['a leak after a day of outage', 'hold-leaking', 'me', 24 * 60, ['owner', 'role', 'admins'], null],
    ['a leak of a hold that a token owns', 'hold-leaking', null, 0, ['owner', 'role'], after(10)],
    ['a review soon of a hold that a token owns', 'hold-review-soon', null, 0, ['owner'], null],
    ['an approval at first', 'approval-waiting', 'me', 0, ['role'], after(15)],
    ['an approval that nobody gives', 'approval-waiting', 'me', 15, ['role', 'admins'], null],
    ['an approval that expires', 'approval-expiring', 'me', 0, ['role', 'owner'], after(5)],
  ])('%s', (_, reason, ownerUser, minutes, steps, escalateAt) => {
    const reached = levelAt({ reason, raisedAt: RAISED, ownerUser }, after(minutes));
    expect({ steps: stepsUpTo(reason, reached.level), escalateAt: reached.escalateAt }).toEqual({ steps, escalateAt });
  });
});

describe('who is told', () => {
  const NORTH: Scope = { facilities: ['north'], payers: null };
  const touches = (facilities: string[] | null, payers: string[] | null = null): Reach => ({ facilities, payers });
  it.each<[string, Person, Partial<Parameters<typeof isAddressedTo>[0]>, boolean]>([
    ['the owner', person('owner', 'engineer', NORTH), {}, true],
    ['another engineer at first', person('other', 'engineer'), {}, false],
    ['another engineer then', person('other', 'engineer'), { level: 1 }, true],
    ['one whose scope is smaller than the flow', person('other', 'engineer', NORTH), { level: 1 }, false],
    ['one whose scope holds all that is touched', person('other', 'engineer', NORTH), { level: 1, ...touches(['north']) }, true],
    ['one whose scope holds a part of it', person('other', 'engineer', NORTH), { level: 1, ...touches(['north', 'south']) }, false],
    ['one whose scope is limited, where nothing is known', person('other', 'engineer', NORTH), { level: 1, ...touches([]) }, false],
    ['one who may not act', person('viewer', 'viewer'), { level: 1 }, false],
    ['an administrator before it has come so far', person('admin', 'admin'), { level: 1 }, false],
    ['an administrator, whatever the scope', person('admin', 'admin', NORTH), { level: 2 }, true],
    ['an approver', person('approver', 'approver'), { reason: 'approval-waiting' }, true],
    ['the requester, who may approve for others', person('asker', 'approver'), { reason: 'approval-waiting' }, false],
  ])('%s', (_, who, told, expected) => {
    expect(isAddressedTo({ reason: 'hold-leaking', level: 0, ownerUser: 'owner', exceptUser: 'asker', ...touches(null), ...told }, who)).toBe(expected);
  });
});
