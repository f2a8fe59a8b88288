import Link from 'next/link';
import type { SourceView } from '@/server/services/sources/source-view';
import { DataTable } from '../../../_ui/data-table';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { Section } from '../../../_ui/section';
import { addressOf, KIND_WORDS } from './_facts/source-words';

/** Sources that Signalbox does not connect to: one line each, because there is nothing to go wrong. */
export function RecognisedSources({ sources }: { sources: readonly SourceView[] }) {
  return (
    <Section title="Recognised in telemetry" note="Named by contracts so that spans find their channel; Signalbox does not connect to these">
      <DataTable
        caption="Sources that are recognised in telemetry"
        rows={sources}
        rowKey={({ id }) => id}
        columns={[
          {
            header: 'Source',
            className: 'min-w-36',
            cell: ({ id, name }) => (
              <Link {...ROW_LINK} href={`/settings/sources/${encodeURIComponent(id)}`} className="font-medium after:absolute after:inset-0 hover:underline">
                {name}
              </Link>
            ),
          },
          { header: 'Kind', cell: ({ kind }) => KIND_WORDS[kind], className: 'whitespace-nowrap' },
          { header: 'System', cell: ({ system }) => system.name, className: 'min-w-28' },
          { header: 'Address', cell: (source) => addressOf(source), className: 'break-all min-w-32' },
          { header: 'Declared in', cell: ({ file }) => file, className: 'break-all' },
          { header: 'Flows', cell: ({ flows }) => flows.length, numeric: true },
        ]}
      />
    </Section>
  );
}
