import type { Phase, Status } from '@/server/domain/health/flow-view';
import { STATUS_TONE, STATUS_WORD } from './status-words';

/** The shape of a status, without its word: only beside text that names it. */
export function StatusShape({ status, size = 12 }: { status: Status; size?: number }) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      aria-hidden
      className={`shrink-0 ${STATUS_TONE[status]}`}
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
    >
      {SHAPES[status]}
    </svg>
  );
}

const SHAPES: Record<Status, React.ReactNode> = {
  failing: <rect x="1" y="1" width="10" height="10" fill="currentColor" stroke="none" />,
  degraded: <path d="M6 0.5 L11.7 11 L0.3 11 Z" fill="currentColor" stroke="none" />,
  held: <path d="M3.5 1 V11 M8.5 1 V11" strokeWidth="3" />,
  healthy: <circle cx="6" cy="6" r="4.5" />,
  silent: <circle cx="6" cy="6" r="4.75" strokeWidth="1.8" strokeDasharray="2.4 2.57" />,
  unknown: <path d="M3.2 3.6 C3.2 1.6 4.6 1 6 1 C7.6 1 8.8 2 8.8 3.5 C8.8 5.4 6 5.4 6 7.6 M6 9.4 V11.4" strokeWidth="1.8" />,
};

/** A flow's status: shape and word together, and that it is recovering where the fault itself has ended. */
export function StatusMark({ status, phase }: { status: Status; phase: Phase }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 font-medium">
      <span className={`inline-flex items-center gap-2 ${STATUS_TONE[status]}`}>
        <StatusShape status={status} />
        {STATUS_WORD[status]}
      </span>
      {phase === 'recovering' && (
        <span className="rounded-xs border border-line-strong px-1 text-[max(12px,0.6em)] leading-normal font-normal text-ink">
          recovering
        </span>
      )}
    </span>
  );
}
