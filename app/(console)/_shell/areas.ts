import { Activity, BellRing, ClipboardCheck, FileCode, KeyRound, LayoutList, PlugZap, ScrollText, Settings, SlidersVertical, Waypoints, type LucideIcon } from 'lucide-react';
import type { Permission } from '@/server/domain/roles/permissions';

export interface Area {
  href: string;
  name: string;
  icon: LucideIcon;
  /** Without it the area is left out; its pages say who can grant it. */
  permission: Permission;
  /** What it answers, for the list of settings. */
  purpose: string;
  /** It carries the number of things that wait there for the viewer. */
  counts?: 'approvals';
}

export interface AreaGroup {
  name: string | null;
  areas: readonly Area[];
}

const AREA_GROUPS: readonly AreaGroup[] = [
  {
    name: null,
    areas: [
      { href: '/', name: 'Overview', icon: LayoutList, permission: 'flows:read', purpose: 'What is wrong now' },
      { href: '/traces', name: 'Traces', icon: Waypoints, permission: 'traces:read', purpose: 'What happened to one message' },
      { href: '/operations', name: 'Operations', icon: SlidersVertical, permission: 'operations:read', purpose: 'What was paused, replayed or rerouted, and does it hold' },
      { href: '/approvals', name: 'Approvals', icon: ClipboardCheck, permission: 'operations:approve', purpose: 'What waits for you to decide', counts: 'approvals' },
      { href: '/audit', name: 'Audit', icon: ScrollText, permission: 'audit:read', purpose: 'Who changed what, who approved it, what was refused' },
    ],
  },
  {
    name: 'Settings',
    areas: [
      { href: '/settings/sources', name: 'Sources', icon: PlugZap, permission: 'sources:read', purpose: 'What Signalbox is connected to, and how each tap is' },
      { href: '/settings/contracts', name: 'Contracts', icon: FileCode, permission: 'sources:read', purpose: 'Contracts that were activated here, and problems of the contract files' },
      { href: '/settings/health', name: 'Health of Signalbox', icon: Activity, permission: 'system:read', purpose: 'Is Signalbox itself well?' },
      { href: '/settings/notifications', name: 'Notifications', icon: BellRing, permission: 'settings:manage', purpose: 'Where notices are sent to, and whether they arrive' },
      { href: '/settings/tokens', name: 'API tokens', icon: KeyRound, permission: 'tokens:read', purpose: 'Which machines may call the API or send telemetry' },
    ],
  },
];

/** All settings under one entry, where there is no room for each. */
export const SETTINGS_ENTRY = { href: '/settings', name: 'Settings', icon: Settings } as const;

/** The areas that somebody with these permissions can use, in groups that are not empty. */
export function areaGroups(permissions: readonly Permission[]): AreaGroup[] {
  return AREA_GROUPS.map((group) => ({ ...group, areas: group.areas.filter((area) => permissions.includes(area.permission)) })).filter(
    ({ areas }) => areas.length > 0,
  );
}

export function isSetting(area: Area): boolean {
  return area.href.startsWith(`${SETTINGS_ENTRY.href}/`);
}

/** The flow pages belong to the overview: that is where one comes from and goes back to. */
export function isCurrent(area: { href: string }, path: string): boolean {
  if (area.href === '/') return path === '/' || path.startsWith('/flows/');
  return path === area.href || path.startsWith(`${area.href}/`);
}
