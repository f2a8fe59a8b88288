import { describe, expect, it } from 'vitest';
import { memberChanges } from './member-changes';

describe('memberChanges', () => {
  it('puts members side by side, opened, in their order', () => {
    expect(memberChanges({ name: 'a', settings: { port: 1, tls: {} }, match: ['x'] }, { name: 'a', settings: { port: 2 }, enabled: true })).toEqual([
      { member: 'name', before: 'a', after: 'a', isChanged: false },
      { member: 'settings.port', before: '1', after: '2', isChanged: true },
      { member: 'settings.tls', before: '{}', after: null, isChanged: true },
      { member: 'match', before: '["x"]', after: null, isChanged: true },
      { member: 'enabled', before: null, after: 'true', isChanged: true },
    ]);
  });

  it('tells null from what was not there', () => {
    expect(memberChanges({ expiresAt: null }, {})).toEqual([{ member: 'expiresAt', before: 'null', after: null, isChanged: true }]);
  });

  it('has nothing to say of nothing, and a value without members stands alone', () => {
    expect(memberChanges(null, null)).toEqual([]);
    expect(memberChanges(null, 'text')).toEqual([{ member: '', before: null, after: 'text', isChanged: true }]);
  });
});
