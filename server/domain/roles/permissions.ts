/**
 * Who may do what: the one table that services, routers, REST, UI and docs share.
 * Admin cannot approve; machine tokens can never approve (`permissionsOf` takes care of that for tokens).
 */

export const ROLES = ['viewer', 'noc', 'engineer', 'approver', 'finance', 'supply', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each role is for, in words for people who grant it. */
export const ROLE_PURPOSES: Record<Role, string> = {
  viewer: 'sees the health of flows',
  noc: 'watches flows and traces, pauses in an emergency',
  engineer: 'finds causes in traces and messages, discovers channels, activates contracts, plans and runs operations',
  approver: 'approves operations that others planned',
  finance: 'sees financial impact',
  supply: 'sees supply-chain impact',
  auditor: 'reads the audit trail, who may do what, and what is connected',
  admin: 'manages users, tokens, sources and settings',
};

const everyone: readonly Role[] = ROLES;

/** Permission (`area:verb`) to the roles that hold it. */
export const PERMISSIONS = {
  'flows:read': everyone,
  'traces:read': ['noc', 'engineer', 'approver', 'admin'],
  'messages:read': ['noc', 'engineer', 'approver'],
  'payload:unmask': ['engineer'],
  /** Operations with their plans and timelines; holds themselves are shown with the flow to everyone. */
  'operations:read': ['noc', 'engineer', 'approver', 'auditor', 'admin'],
  'operations:plan': ['noc', 'engineer'],
  'operations:run': ['noc', 'engineer'],
  /** Without the second person, who reviews it afterwards. */
  'operations:emergency': ['noc', 'engineer'],
  'operations:approve': ['approver'],
  /** By the code that a terminal shows; what it asks for needs its own permission besides. */
  'terminals:answer': ['noc', 'engineer', 'approver'],
  /** Of notices that have reached the caller, by role or as the owner. */
  'notices:acknowledge': everyone,
  'impact:finance': ['noc', 'engineer', 'approver', 'finance'],
  'impact:supply': ['noc', 'engineer', 'approver', 'supply'],
  'system:read': ['noc', 'engineer', 'auditor', 'admin'],
  /** What is connected, how its tap is doing, and answers of tests and discoveries. Secrets are shown to nobody. */
  'sources:read': ['noc', 'engineer', 'approver', 'auditor', 'admin'],
  /** Add, change, test and remove sources: makes collectors connect to addresses with credentials. */
  'sources:manage': ['admin'],
  /** Discover the channels of a source; activate, change and remove flow contracts in the product. */
  'contracts:manage': ['engineer', 'admin'],
  'users:manage': ['admin'],
  'tokens:read': ['auditor', 'admin'],
  'tokens:manage': ['admin'],
  'settings:manage': ['admin'],
  'audit:read': ['auditor', 'admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** Permissions that only a person may hold, whatever role a token was given. */
const PEOPLE_ONLY: ReadonlySet<Permission> = new Set(['operations:emergency', 'operations:approve', 'terminals:answer', 'notices:acknowledge']);

export function isRole(value: string): value is Role {
  return (ROLES as readonly string[]).includes(value);
}

/** Whether one role holds a permission, for an actor of that kind. */
export function roleAllows(role: Role, permission: Permission, holder: 'user' | 'token' = 'user'): boolean {
  if (holder === 'token' && PEOPLE_ONLY.has(permission)) return false;
  return (PERMISSIONS[permission] as readonly Role[]).includes(role);
}

/** All permissions of a set of roles, in table order. */
export function permissionsOf(roles: readonly Role[], holder: 'user' | 'token' = 'user'): Permission[] {
  return PERMISSION_NAMES.filter((permission) => roles.some((role) => roleAllows(role, permission, holder)));
}
