import { TriangleAlert } from 'lucide-react';

/** What to be careful about, in one place; nothing where there is nothing. */
export function WarningList({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <section className="flex gap-2 rounded-sm border border-degraded bg-panel px-3 py-2">
      <TriangleAlert size={16} className="mt-0.5 shrink-0 text-degraded" aria-hidden />
      <div className="min-w-0">
        <h3 className="sr-only">Be careful</h3>
        <ul className="space-y-1 break-words">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      </div>
    </section>
  );
}
