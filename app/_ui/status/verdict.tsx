import type { Status } from '@/server/domain/health/flow-view';
import { StatusShape } from './status-mark';

/** `limited`: yes, with something to say about it; `absent`: not there, and nobody misses it; `unknown`: could not be found out. */
export type VerdictKind = 'yes' | 'limited' | 'no' | 'absent' | 'unknown';

const SHAPES: Record<VerdictKind, { status: Status; word: string }> = {
  yes: { status: 'healthy', word: 'Yes' },
  limited: { status: 'degraded', word: 'With limits' },
  no: { status: 'failing', word: 'No' },
  absent: { status: 'silent', word: 'Not there' },
  unknown: { status: 'unknown', word: 'Not known' },
};

/** A finding with its shape; the shape is also said as a word to those who do not see it. */
export function Verdict({ kind, children }: { kind: VerdictKind; children: React.ReactNode }) {
  const { status, word } = SHAPES[kind];
  return (
    <span className="inline-flex min-w-0 gap-2">
      <span className="mt-1">
        <StatusShape status={status} />
      </span>
      <span className="min-w-0 break-words">
        <span className="sr-only">{word}: </span>
        {children}
      </span>
    </span>
  );
}
