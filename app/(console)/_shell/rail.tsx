'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { isCurrent, type Area, type AreaGroup } from './areas';
import { Mark } from './mark';
import { WaitingCount } from './waiting-count';

/** The areas, always in the same place. Collapsed it keeps the icons; below tablet width the bottom bar takes over. */
export function Rail({ groups, collapsed, onToggle }: { groups: readonly AreaGroup[]; collapsed: boolean; onToggle: () => void }) {
  const path = usePathname();
  const Toggle = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav
      aria-label="Areas"
      className="sticky top-0 hidden h-dvh flex-col gap-4 overflow-y-auto border-r border-line bg-panel p-2 md:flex"
    >
      <Link href="/" className="flex h-8 items-center gap-2 rounded-sm px-2 font-semibold">
        <Mark />
        <span className={collapsed ? 'sr-only' : ''}>Signalbox</span>
      </Link>
      {groups.map((group) => (
        <div key={group.name ?? ''}>
          {group.name !== null && (
            <h2 className={collapsed ? 'sr-only' : 'px-2 pb-1 text-xs font-medium text-muted'}>{group.name}</h2>
          )}
          <ul className="space-y-0.5">
            {group.areas.map((area) => (
              <li key={area.href}>
                <AreaLink area={area} current={isCurrent(area, path)} collapsed={collapsed} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      <button
        type="button"
        onClick={onToggle}
        aria-expanded={!collapsed}
        title={collapsed ? 'Expand the rail' : 'Collapse the rail'}
        className="mt-auto flex h-8 items-center gap-2 rounded-sm px-3 text-muted hover:bg-raised hover:text-ink"
      >
        <Toggle size={16} aria-hidden className="shrink-0" />
        <span className={collapsed ? 'sr-only' : ''}>{collapsed ? 'Expand' : 'Collapse'}</span>
      </button>
    </nav>
  );
}

function AreaLink({ area, current, collapsed }: { area: Area; current: boolean; collapsed: boolean }) {
  const Icon = area.icon;
  return (
    <Link
      href={area.href}
      aria-current={current ? 'page' : undefined}
      title={collapsed ? area.name : undefined}
      className={`relative flex h-8 items-center gap-2 rounded-sm px-3 whitespace-nowrap ${
        current ? 'bg-raised font-medium text-ink' : 'text-muted hover:bg-raised hover:text-ink'
      }`}
    >
      <Icon size={16} aria-hidden className="shrink-0" />
      <span className={collapsed ? 'sr-only' : ''}>{area.name}</span>
      {area.counts === 'approvals' && (
        <span className={collapsed ? 'absolute top-0 right-0' : 'ml-auto'}>
          <WaitingCount />
        </span>
      )}
    </Link>
  );
}
