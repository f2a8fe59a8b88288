import { Hourglass } from 'lucide-react';
import type { HoldView } from '@/server/services/operations/operation-view';
import { CountdownTo } from '../../../_ui/live/countdown';

/** The earliest harm that a hold does, running down; the other limits unfold. */
export function HoldBudget({ budget }: { budget: HoldView['budget'] }) {
  const { earliest, limits } = budget;
  const others = limits.filter((limit) => limit.sentence !== earliest?.sentence);
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2">
        <Hourglass size={14} aria-hidden className="self-center text-muted" />
        <span className="text-muted">Earliest harm</span>
        {earliest === null ? (
          <span>none that Signalbox knows of</span>
        ) : earliest.at === null ? (
          <span>{earliest.what}, at a time that cannot be told</span>
        ) : (
          <>
            <span className="text-base">
              <CountdownTo at={earliest.at} />
            </span>
            <span>{earliest.what}</span>
          </>
        )}
      </p>
      {earliest !== null && <p className="break-words text-muted">{earliest.sentence}</p>}
      {others.length > 0 && (
        <details>
          <summary className="w-fit min-h-6 py-0.5 text-muted">{others.length === 1 ? 'One more limit' : `${others.length} more limits`}</summary>
          <ul className="list-disc space-y-1 pl-5 break-words marker:text-muted">
            {others.map(({ sentence }) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
