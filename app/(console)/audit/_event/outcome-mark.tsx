import { Ban, Check } from 'lucide-react';

/** Done or refused, by shape and word. */
export function OutcomeMark({ outcome }: { outcome: 'done' | 'refused' }) {
  const Icon = outcome === 'done' ? Check : Ban;
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${outcome === 'done' ? '' : 'font-medium text-failing'}`}>
      <Icon size={14} aria-hidden className="shrink-0" />
      {outcome}
    </span>
  );
}
