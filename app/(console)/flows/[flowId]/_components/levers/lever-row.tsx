'use client';

import { Lock } from 'lucide-react';
import { isOver } from '@/server/domain/operations/hold-states';
import type { LeverFrame } from '@/server/services/operations/operation-view';
import { useLeverHand } from './lever-hand';
import { shownLevers, type ShownLever } from './grouped-levers';

/** Few, heavy levers side by side. One that must not be pulled is locked, and says what locks it. */
export function LeverRow({ frame, hopName }: { frame: LeverFrame; hopName: string }) {
  const { take } = useLeverHand();
  const levers = shownLevers(frame);
  const holdOf = (kind: 'pause' | 'reroute') => frame.holds.find((hold) => hold.kind === kind && !isOver(hold.state))?.id;
  const pull = ({ kind }: ShownLever) => {
    const holdId = kind === 'restore' ? holdOf('reroute') : kind === 'canary' || kind === 'release' ? holdOf('pause') : undefined;
    take(kind, { hopId: frame.hopId, ...(holdId === undefined ? {} : { holdId }) });
  };
  return (
    <ul aria-label={`Levers at ${hopName}`} className="grid grid-cols-[repeat(auto-fit,minmax(min(220px,100%),1fr))] gap-2 px-4">
      {levers.map((lever) => (
        <li key={lever.kind} className="flex min-w-0">
          {lever.locks.length === 0 ? (
            <button type="button" onClick={() => pull(lever)} className="flex w-full gap-3 rounded-sm border border-line-strong bg-panel p-3 text-left hover:border-accent hover:bg-raised">
              <Glyph pulled={lever.kind !== 'pause' && frame.holds.length > 0 && lever.kind !== 'replay' && lever.kind !== 'reroute'} />
              <span className="min-w-0">
                <span className="block text-lg font-semibold">{lever.name}</span>
                <span className="block text-muted">{lever.does}</span>
              </span>
            </button>
          ) : (
            <div className="flex w-full gap-3 rounded-sm border border-dashed border-line-strong p-3">
              <Lock size={20} aria-hidden className="mt-0.5 shrink-0 text-muted" />
              <div className="min-w-0">
                <p className="text-lg font-semibold text-muted">
                  {lever.name} <span className="text-sm font-normal">locked</span>
                </p>
                {lever.locks.map((lock) => (
                  <p key={lock} className="break-words">
                    {lock}
                  </p>
                ))}
              </div>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A lever of the frame, upright or pulled. */
function Glyph({ pulled }: { pulled: boolean }) {
  return (
    <svg viewBox="0 0 20 28" width="20" height="28" aria-hidden fill="none" stroke="currentColor" strokeWidth="2" className="shrink-0">
      <path d="M2 25h16" />
      <path d={pulled ? 'M10 25 15 6' : 'M10 25V5'} />
      <circle cx={pulled ? 15.6 : 10} cy="4" r="2.5" fill="currentColor" stroke="none" />
    </svg>
  );
}
