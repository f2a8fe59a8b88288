import type { SystemHealth } from '@/server/services/system/system-view';
import { DataTable } from '../../../_ui/data-table';
import { formatCount } from '../../../_ui/format/number';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { Section } from '../../../_ui/section';
import { EmptyState } from '../../../_ui/states/empty-state';
import { Notice } from '../../../_ui/states/notice';
import { ComponentTable } from './component-table';
import { ContractProblems } from './contract-problems';

export function HealthBody({ health, failed }: { health: SystemHealth; failed: boolean }) {
  return (
    <div className="space-y-8">
      {failed && (
        <div className="px-4">
          <Notice severity="error" text="The last refresh got no answer. What you see may be out of date." />
        </div>
      )}
      <Section title="Parts">
        <ComponentTable components={health.components} />
      </Section>
      <Section title="Contract problems" note="From the last load; a file with a problem keeps its last good version">
        <ContractProblems problems={health.contractProblems} />
      </Section>
      <Section title="Not taken as it came" note="Nothing is dropped in silence: refused, quarantined and masked, by reason and day">
        <IngestCounts counts={health.ingestCounts} />
      </Section>
    </div>
  );
}

function IngestCounts({ counts }: { counts: SystemHealth['ingestCounts'] }) {
  if (counts.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="Everything that arrived today and yesterday was taken as it came" />
      </div>
    );
  }
  return (
    <DataTable
      caption="What ingest did not take as it came"
      rows={counts}
      rowKey={({ day, kind, subject }) => `${day} ${kind} ${subject}`}
      columns={[
        { header: 'Day', cell: ({ day }) => day, className: 'whitespace-nowrap' },
        { header: 'What', cell: ({ kind }) => kind, className: 'whitespace-nowrap' },
        { header: 'Reason or field', cell: ({ subject }) => subject, className: 'break-all' },
        { header: 'Count', cell: ({ count }) => formatCount(count), numeric: true },
        { header: 'Last', cell: ({ lastAt }) => <RelativeTime instant={lastAt} />, numeric: true },
      ]}
    />
  );
}
