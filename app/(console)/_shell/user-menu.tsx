'use client';

import { Check, CircleUser } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { signOut } from '@/server/auth/client';
import { THEMES, type Theme } from '../../_ui/theme/theme';
import { useTheme } from '../../_ui/theme/use-theme';
import type { Person } from './shell';

const THEME_WORDS: Record<Theme, string> = { system: 'As the system', dark: 'Dark', light: 'Light' };
const ITEM = 'flex h-8 items-center gap-2 rounded-sm px-2 outline-none data-highlighted:bg-raised';

export function UserMenu({ person, onShortcuts }: { person: Person; onShortcuts: () => void }) {
  const [theme, setTheme] = useTheme();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="flex h-8 items-center gap-2 rounded-sm px-2 hover:bg-raised">
        <CircleUser size={18} aria-hidden />
        <span className="max-lg:sr-only">{person.name}</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          className="z-30 w-60 rounded-md border border-line-strong bg-panel p-1 text-ink"
        >
          <DropdownMenu.Label className="px-2 py-1">
            <span className="block font-medium">{person.name}</span>
            <span className="block truncate text-muted">{person.email}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2 py-1 text-xs text-muted">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup value={theme} onValueChange={(value) => setTheme(value as Theme)}>
            {THEMES.map((name) => (
              <DropdownMenu.RadioItem key={name} value={name} className={`${ITEM} pl-8 relative`}>
                <DropdownMenu.ItemIndicator className="absolute left-2">
                  <Check size={14} aria-hidden />
                </DropdownMenu.ItemIndicator>
                {THEME_WORDS[name]}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item className={ITEM} onSelect={onShortcuts}>
            Keyboard shortcuts
          </DropdownMenu.Item>
          <DropdownMenu.Item className={ITEM} onSelect={() => void signOut({ callbackUrl: '/sign-in' })}>
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
