'use client';

import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { signOut } from '@/server/auth/client';
import type { FlowRow } from '@/server/domain/health/flow-view';
import { useTRPC } from '../../_api/trpc';
import { Dialog, FIRST_FOCUS } from '../../_ui/dialog';
import { StatusShape } from '../../_ui/status/status-mark';
import { STATUS_WORD } from '../../_ui/status/status-words';
import { useTheme } from '../../_ui/theme/use-theme';
import type { Area } from './areas';

const TRACE_ID = /^[0-9a-f]{32}$/;
const GROUP =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted';

interface Props {
  areas: readonly Area[];
  open: boolean;
  setOpen: (open: boolean) => void;
  onShortcuts: () => void;
}

/** Ctrl/Cmd+K: every flow, page and setting one name away; a pasted trace id opens its trace. */
export function CommandPalette({ areas, open, setOpen, onShortcuts }: Props) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen(!open);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [open, setOpen]);

  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Go to" bare>
      <Commands areas={areas} close={() => setOpen(false)} onShortcuts={onShortcuts} />
    </Dialog>
  );
}

function Commands({ areas, close, onShortcuts }: { areas: readonly Area[]; close: () => void; onShortcuts: () => void }) {
  const router = useRouter();
  const [, setTheme] = useTheme();
  const [typed, setTyped] = useState('');
  const overview = useQuery(useTRPC().flows.overview.queryOptions());
  const flows = overview.data === undefined ? [] : flowsByName(overview.data);
  const traceId = typed.trim().toLowerCase();

  const run = (action: () => void) => () => {
    close();
    action();
  };

  return (
    <Command label="Go to">
      <Command.Input
        {...FIRST_FOCUS}
        value={typed}
        onValueChange={setTyped}
        placeholder="Flow, trace id, page or setting"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-muted"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1">
        <Command.Empty className="p-4 text-muted">
          Nothing has this name. A trace id has 32 hexadecimal digits.
        </Command.Empty>
        {TRACE_ID.test(traceId) && (
          <Entry value={traceId} onSelect={run(() => router.push(`/traces/${traceId}`))}>
            Open trace {traceId}
          </Entry>
        )}
        <Command.Group heading="Flows" className={GROUP}>
          {flows.map((flow) => (
            <Entry
              key={flow.id}
              value={`${flow.name} ${flow.id}`}
              onSelect={run(() => router.push(`/flows/${encodeURIComponent(flow.id)}`))}
            >
              <StatusShape status={flow.health.status} />
              {flow.name}
              <span className="ml-auto text-muted">{STATUS_WORD[flow.health.status]}</span>
            </Entry>
          ))}
        </Command.Group>
        <Command.Group heading="Pages" className={GROUP}>
          {areas.map((area) => (
            <Entry key={area.href} value={area.name} onSelect={run(() => router.push(area.href))}>
              {area.name}
            </Entry>
          ))}
          <Entry value="Notices" onSelect={run(() => router.push('/notices'))}>
            Notices
          </Entry>
          <Entry value="Wallboard" onSelect={run(() => router.push('/?wall=1'))}>
            Wallboard
          </Entry>
        </Command.Group>
        <Command.Group heading="This browser" className={GROUP}>
          <Entry value="Dark theme" onSelect={run(() => setTheme('dark'))}>
            Dark theme
          </Entry>
          <Entry value="Light theme" onSelect={run(() => setTheme('light'))}>
            Light theme
          </Entry>
          <Entry value="Theme as the system" onSelect={run(() => setTheme('system'))}>
            Theme as the system
          </Entry>
          <Entry value="Keyboard shortcuts" onSelect={run(onShortcuts)}>
            Keyboard shortcuts
          </Entry>
          <Entry value="Sign out" onSelect={run(() => void signOut({ callbackUrl: '/sign-in' }))}>
            Sign out
          </Entry>
        </Command.Group>
      </Command.List>
    </Command>
  );
}

function Entry({ value, onSelect, children }: { value: string; onSelect: () => void; children: React.ReactNode }) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-8 items-center gap-2 rounded-sm px-2 break-all data-[selected=true]:bg-raised"
    >
      {children}
    </Command.Item>
  );
}

function flowsByName(overview: { trouble: FlowRow[]; healthy: { flows: FlowRow[] }[] }): FlowRow[] {
  const flows = [...overview.trouble, ...overview.healthy.flatMap((group) => group.flows)];
  const byId = new Map(flows.map((flow) => [flow.id, flow]));
  return [...byId.values()].toSorted((a, b) => a.name.localeCompare(b.name));
}
