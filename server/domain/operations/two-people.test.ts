import { describe, expect, it } from 'vitest';
import { ownerUserOf, partIn, peopleMissing, type PeopleSoFar } from './two-people';

const somebody = (id: string) => ({ kind: 'user' as const, id, email: `${id}@hospital.example` });
const people = (told: Partial<PeopleSoFar>): PeopleSoFar => ({ requestedBy: 'system:cli night', requestedByUser: null, firstBy: null, firstByUser: null, standBehind: [], ...told });

describe('who cannot be the second person', () => {
  it.each<[string, Partial<PeopleSoFar>, RegExp]>([
    ['who asked for it', { requestedBy: 'user:nora@hospital.example', requestedByUser: 'nora' }, /asked for this operation yourself/],
    ['who asked for it with another account of the same address', { requestedBy: 'user:nora@hospital.example', requestedByUser: 'former' }, /asked for this operation yourself/],
    ['who confirmed what somebody else asked for', { requestedBy: 'user:max@hospital.example', requestedByUser: 'max', firstBy: 'user:nora@hospital.example', firstByUser: 'nora' }, /first of the two people/],
    ['who agreed first to what a machine asked for', { firstBy: 'user:nora@hospital.example', firstByUser: 'nora' }, /first of the two people/],
    ['who made the token', { requestedBy: 'token:nightly', standBehind: ['user:nora@hospital.example'] }, /You made the token/],
  ])('%s', (_, told, why) => {
    expect(partIn(people(told), somebody('nora'))).toMatch(why);
    expect(partIn(people(told), somebody('grace'))).toBeNull();
  });
});

it('a machine is no person: two are missing until one has agreed', () => {
  expect([peopleMissing(people({})), peopleMissing(people({ firstByUser: 'nora' }))]).toEqual([2, 1]);
});

it('the owner is known by the part that they had', () => {
  const row = people({ firstBy: 'user:nora@hospital.example', firstByUser: 'nora' });
  expect([ownerUserOf({ ...row, owner: 'user:nora@hospital.example' }), ownerUserOf({ ...row, owner: row.requestedBy }), ownerUserOf({ ...row, owner: 'user:max@hospital.example' })]).toEqual(['nora', null, null]);
});
