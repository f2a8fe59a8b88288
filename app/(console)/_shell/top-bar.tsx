'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { Mark } from './mark';
import { NoticeBell } from './notice-bell';
import { RefreshState } from './refresh-state';
import type { Person } from './shell';
import { UserMenu } from './user-menu';

/** How fresh the page is, the way to everything, and who is signed in. */
export function TopBar({ person, onSearch, onShortcuts }: { person: Person; onSearch: () => void; onShortcuts: () => void }) {
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-panel px-4">
      <Link href="/" className="mr-2 md:hidden">
        <Mark />
        <span className="sr-only">Signalbox</span>
      </Link>
      <RefreshState />
      <button type="button" className="button ml-auto text-muted sm:w-56 sm:justify-between" onClick={onSearch}>
        <span className="inline-flex items-center gap-2">
          <Search size={14} aria-hidden />
          <span className="max-sm:sr-only">Go to …</span>
        </span>
        <kbd className="font-sans text-xs max-sm:hidden">Ctrl K</kbd>
      </button>
      <NoticeBell />
      <UserMenu person={person} onShortcuts={onShortcuts} />
    </header>
  );
}
