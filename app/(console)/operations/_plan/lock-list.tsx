import { Lock } from 'lucide-react';
import type { PlanLock } from '@/server/domain/operations/plan';

/** What locks a lever, and what to do about each; nothing where it is free. */
export function LockList({ locks }: { locks: readonly PlanLock[] }) {
  if (locks.length === 0) return null;
  return (
    <section role="alert" className="flex gap-2 rounded-sm border border-failing bg-panel px-3 py-2">
      <Lock size={16} className="mt-0.5 shrink-0 text-failing" aria-hidden />
      <div className="min-w-0">
        <h3 className="font-medium">{locks.length === 1 ? 'Locked' : `Locked for ${locks.length} reasons`}</h3>
        <ul className="list-disc space-y-1 pl-4 break-words marker:text-muted">
          {locks.map(({ code, sentence }) => (
            <li key={`${code} ${sentence}`}>{sentence}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
