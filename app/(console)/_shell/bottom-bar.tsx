'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { isCurrent, isSetting, SETTINGS_ENTRY, type AreaGroup } from './areas';
import { WaitingCount } from './waiting-count';

/** The areas on a phone, in reach of the thumb; settings share one entry, whose page lists them. */
export function BottomBar({ groups }: { groups: readonly AreaGroup[] }) {
  const path = usePathname();
  const areas = groups.flatMap((group) => group.areas);
  const entries = [...areas.filter((area) => !isSetting(area)), ...(areas.some(isSetting) ? [SETTINGS_ENTRY] : [])];
  return (
    <nav aria-label="Areas" className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-panel md:hidden">
      <ul className="grid auto-cols-fr grid-flow-col">
        {entries.map((entry) => {
          const Icon = entry.icon;
          const current = isCurrent(entry, path);
          return (
            <li key={entry.href}>
              <Link
                href={entry.href}
                aria-current={current ? 'page' : undefined}
                className={`relative flex h-14 flex-col items-center justify-center gap-1 text-xs ${current ? 'font-medium text-accent' : 'text-muted'}`}
              >
                <Icon size={18} aria-hidden />
                {entry.name}
                {'counts' in entry && entry.counts === 'approvals' && (
                  <span className="absolute top-1 left-1/2 ml-1.5">
                    <WaitingCount />
                  </span>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
