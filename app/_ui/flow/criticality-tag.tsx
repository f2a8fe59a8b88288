import type { Criticality } from '@/server/domain/health/flow-view';

/** The class the contract gives a flow: C1 is the most critical. */
export function CriticalityTag({ criticality }: { criticality: Criticality }) {
  return (
    <span title={`Criticality ${criticality.slice(1)} of 4`} className="text-xs font-medium text-muted">
      {criticality}
    </span>
  );
}
