import { describe, expect, it } from 'vitest';
import { may, scopesFor, type Actor } from './actor';
import { PERMISSION_NAMES, ROLES, permissionsOf, roleAllows, type Permission } from './permissions';
import { inScope } from './scope';

describe('permission table', () => {
  it('gives every role the right to see flows', () => {
    for (const role of ROLES) expect(roleAllows(role, 'flows:read')).toBe(true);
  });

  it('lets nobody but an approver approve, and never a machine', () => {
    for (const role of ROLES) {
      expect(roleAllows(role, 'operations:approve')).toBe(role === 'approver');
      expect(roleAllows(role, 'operations:approve', 'token')).toBe(false);
    }
  });

  it('lets only people begin an emergency or answer a terminal', () => {
    for (const permission of ['operations:emergency', 'terminals:answer'] as const) {
      expect(ROLES.filter((role) => roleAllows(role, permission, 'token'))).toEqual([]);
      expect(roleAllows('engineer', permission)).toBe(true);
    }
  });

  it('keeps what an administrator manages from everybody else', () => {
    for (const role of ROLES) {
      for (const permission of ['users:manage', 'tokens:manage', 'settings:manage', 'sources:manage'] as const) {
        expect(roleAllows(role, permission)).toBe(role === 'admin');
      }
    }
  });

  it('lets those who watch, act or audit see what is connected, and engineers change contracts but no source', () => {
    const holders = (permission: Permission) => ROLES.filter((role) => roleAllows(role, permission));
    expect(holders('sources:read')).toEqual(['noc', 'engineer', 'approver', 'auditor', 'admin']);
    expect(holders('contracts:manage')).toEqual(['engineer', 'admin']);
    expect(holders('sources:manage').every((role) => roleAllows(role, 'sources:read'))).toBe(true);
  });

  it('adds up the permissions of several roles', () => {
    expect(permissionsOf(['viewer'])).toEqual(['flows:read', 'notices:acknowledge']);
    expect(permissionsOf(['viewer'], 'token')).toEqual(['flows:read']);
    expect(new Set(permissionsOf([...ROLES]))).toEqual(new Set(PERMISSION_NAMES));
    expect(permissionsOf([...ROLES], 'token')).not.toContain('operations:approve');
  });
});

describe('scope', () => {
  const noc: Actor = {
    kind: 'user', id: '1', email: 'a@b.example', name: 'A',
    grants: [
      { role: 'viewer', scope: { facilities: null, payers: null } },
      { role: 'noc', scope: { facilities: ['mercy-north'], payers: null } },
    ],
  };

  it('belongs to the grant that gives the permission, not to the person', () => {
    expect(scopesFor(noc, 'traces:read')).toEqual([{ facilities: ['mercy-north'], payers: null }]);
    expect(scopesFor(noc, 'flows:read')).toHaveLength(2);
    expect(may(noc, 'tokens:manage')).toBe(false);
  });

  it.each([
    [{ facilities: null, payers: null }, [], [], true],
    [{ facilities: ['a'], payers: null }, ['a'], ['x'], true],
    [{ facilities: ['a'], payers: null }, ['a', 'b'], [], false],
    [{ facilities: ['a'], payers: null }, [], [], false],
    [{ facilities: null, payers: ['x'] }, ['a'], ['y'], false],
    [{ facilities: ['a'], payers: ['x'] }, ['a'], ['x'], true],
  ] as const)('%j holds facilities %j and payers %j: %s', (scope, facilities, payers, expected) => {
    expect(inScope(scope, { facilities, payers })).toBe(expected);
  });
});
