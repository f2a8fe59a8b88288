'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { AREA_GROUPS, isCurrent } from './areas';

const SHORT_NAMES: Record<string, string> = { '/settings/health': 'Health', '/settings/tokens': 'Tokens' };

/** The areas on a phone, in reach of the thumb. */
export function BottomBar() {
  const path = usePathname();
  return (
    <nav aria-label="Areas" className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-panel md:hidden">
      <ul className="grid grid-cols-4">
        {AREA_GROUPS.flatMap((group) => group.areas).map((area) => {
          const Icon = area.icon;
          const current = isCurrent(area, path);
          return (
            <li key={area.href}>
              <Link
                href={area.href}
                aria-current={current ? 'page' : undefined}
                className={`flex h-14 flex-col items-center justify-center gap-1 text-xs ${current ? 'font-medium text-accent' : 'text-muted'}`}
              >
                <Icon size={18} aria-hidden />
                {SHORT_NAMES[area.href] ?? area.name}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
