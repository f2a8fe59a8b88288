import { Activity, KeyRound, LayoutList, Waypoints, type LucideIcon } from 'lucide-react';

export interface Area {
  href: string;
  name: string;
  icon: LucideIcon;
}

export interface AreaGroup {
  name: string | null;
  areas: readonly Area[];
}

export const AREA_GROUPS: readonly AreaGroup[] = [
  {
    name: null,
    areas: [
      { href: '/', name: 'Overview', icon: LayoutList },
      { href: '/traces', name: 'Traces', icon: Waypoints },
    ],
  },
  {
    name: 'Settings',
    areas: [
      { href: '/settings/health', name: 'Health of Signalbox', icon: Activity },
      { href: '/settings/tokens', name: 'API tokens', icon: KeyRound },
    ],
  },
];

/** The flow pages belong to the overview: that is where one comes from and goes back to. */
export function isCurrent(area: Area, path: string): boolean {
  if (area.href === '/') return path === '/' || path.startsWith('/flows/');
  return path === area.href || path.startsWith(`${area.href}/`);
}
