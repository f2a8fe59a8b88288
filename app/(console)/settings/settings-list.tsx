import Link from 'next/link';
import type { Permission } from '@/server/domain/roles/permissions';
import { ROW_LINK } from '../../_ui/keyboard/row-keys';
import { EmptyState } from '../../_ui/states/empty-state';
import { areaGroups, isSetting } from '../_shell/areas';

/** The way to each setting, for screens without the rail. */
export function SettingsList({ permissions }: { permissions: readonly Permission[] }) {
  const settings = areaGroups(permissions).flatMap(({ areas }) => areas).filter(isSetting);
  return (
    <div className="space-y-4 pt-3">
      <h1 className="px-4 text-xl font-semibold">Settings</h1>
      {settings.length === 0 ? (
        <div className="px-4">
          <EmptyState title="Your roles include no settings">
            <p>An administrator can grant you a role that does.</p>
          </EmptyState>
        </div>
      ) : (
        <ul className="border-y border-line bg-panel">
          {settings.map(({ href, name, purpose, icon: Icon }) => (
            <li key={href} className="relative flex gap-3 border-b border-line px-4 py-2 last:border-b-0 hover:bg-raised">
              <Icon size={16} aria-hidden className="mt-0.5 shrink-0 text-muted" />
              <div>
                <Link {...ROW_LINK} href={href} className="font-medium after:absolute after:inset-0 hover:underline">
                  {name}
                </Link>
                <p className="text-muted">{purpose}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
