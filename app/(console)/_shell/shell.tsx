'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useState } from 'react';
import type { Me } from '@/server/services/users/read-me';
import { useRowKeys } from '../../_ui/keyboard/row-keys';
import { storePreference } from '../../_ui/preference';
import { usePermissions } from '../_session/permission';
import { areaGroups } from './areas';
import { BottomBar } from './bottom-bar';
import { CommandPalette } from './command-palette';
import { Rail } from './rail';
import { RAIL_COOKIE } from './rail-preference';
import { ShortcutsDialog } from './shortcuts-dialog';
import { TopBar } from './top-bar';
import { useLetterKeys } from './letter-keys';

export interface Person {
  name: string;
  email: string;
}

interface FrameProps {
  person: Person;
  me: Me;
  railCollapsed: boolean;
  children: React.ReactNode;
}

/** The frame around every page of the console. The wallboard has none of it: it needs no clicks. */
export function Shell({ children, ...frame }: FrameProps) {
  const wall = useSearchParams().get('wall') === '1';
  return wall ? children : <Frame {...frame}>{children}</Frame>;
}

function Frame({ person, me, railCollapsed, children }: FrameProps) {
  const groups = areaGroups(usePermissions(me));
  const [collapsed, setCollapsed] = useState(railCollapsed);
  const [shortcutsOpen, setShortcutsOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [letters, setLetters] = useLetterKeys();
  const showShortcuts = useCallback(() => setShortcutsOpen(true), []);
  useRowKeys({ letters, onHelp: showShortcuts });

  const toggleRail = () => {
    storePreference(RAIL_COOKIE, collapsed ? 'open' : 'collapsed');
    setCollapsed(!collapsed);
  };

  return (
    <div className={`min-h-dvh md:grid ${collapsed ? 'md:grid-cols-[56px_1fr]' : 'md:grid-cols-[208px_1fr]'}`}>
      <a
        href="#content"
        className="button button-primary fixed top-2 left-2 z-50 -translate-y-16 focus:translate-y-0"
      >
        Skip to content
      </a>
      <Rail groups={groups} collapsed={collapsed} onToggle={toggleRail} />
      <div className="flex min-h-dvh min-w-0 flex-col">
        <TopBar person={person} onSearch={() => setPaletteOpen(true)} onShortcuts={showShortcuts} />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 scroll-mt-12 pb-20 outline-none md:pb-8">
          {children}
        </main>
      </div>
      <BottomBar groups={groups} />
      <CommandPalette areas={groups.flatMap(({ areas }) => areas)} open={paletteOpen} setOpen={setPaletteOpen} onShortcuts={showShortcuts} />
      <ShortcutsDialog open={shortcutsOpen} onClose={() => setShortcutsOpen(false)} letters={letters} setLetters={setLetters} />
    </div>
  );
}
