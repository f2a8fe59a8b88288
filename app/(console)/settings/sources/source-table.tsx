import Link from 'next/link';
import type { SourceView } from '@/server/services/sources/source-view';
import { formatDuration } from '../../../_ui/format/duration';
import { countOf, formatCount, NOT_KNOWN } from '../../../_ui/format/number';
import { ROW_LINK } from '../../../_ui/keyboard/row-keys';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { accessWords, addressOf, KIND_WORDS } from './_facts/source-words';
import { TapMark } from './_facts/tap-mark';

/** One row per source: how its tap is and the sentence behind it, then its figures. */
export function SourceTable({ sources }: { sources: readonly SourceView[] }) {
  return (
    <table role="table" className="block w-full border-y border-line bg-panel lg:table">
      <caption className="sr-only">Sources</caption>
      <thead role="rowgroup" className="text-xs text-muted max-lg:sr-only">
        <tr role="row" className="border-b border-line *:px-2 *:py-1.5 *:first:pl-4 *:last:pr-4">
          <th role="columnheader" className="w-28">Tap</th>
          <th role="columnheader" className="w-72">Source</th>
          <th role="columnheader">How it is</th>
          <th role="columnheader" className="w-32">Access</th>
          <th role="columnheader" className="w-28 text-right">Last success</th>
          <th role="columnheader" className="w-20 text-right">Latency</th>
          <th role="columnheader" className="w-20 text-right">Rows</th>
          <th role="columnheader" className="w-20 text-right">Flows</th>
        </tr>
      </thead>
      <tbody role="rowgroup" className="max-lg:block">
        {sources.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </tbody>
    </table>
  );
}

function SourceRow({ source }: { source: SourceView }) {
  const { tap } = source;
  return (
    <tr
      role="row"
      className="relative border-b border-line align-top last:border-b-0 focus-within:bg-raised hover:bg-raised max-lg:grid max-lg:grid-cols-2 max-lg:gap-x-4 max-lg:gap-y-2 max-lg:px-4 max-lg:py-3 max-lg:sm:grid-cols-4 lg:*:px-2 lg:*:py-2 lg:*:first:pl-4 lg:*:last:pr-4"
    >
      <td role="cell" className="max-lg:col-span-full">
        <TapMark status={tap.status} />
      </td>
      <td role="cell" className="min-w-0 max-lg:col-span-full">
        <Link
          {...ROW_LINK}
          href={`/settings/sources/${encodeURIComponent(source.id)}`}
          className="text-base font-medium after:absolute after:inset-0 hover:underline"
        >
          {source.name}
        </Link>
        <p className="break-words">
          {KIND_WORDS[source.kind]} of {source.system.name}
        </p>
        <p className="break-all text-muted">{addressOf(source)}</p>
        {source.origin === 'file' && <p className="break-all text-muted">declared in {source.file}</p>}
      </td>
      <td role="cell" className="min-w-0 max-lg:col-span-full">
        <p className="max-w-prose break-words">{tap.summary}</p>
        {tap.lastError !== null && tap.lastError !== tap.summary && <p className="max-w-prose break-words text-muted">Last error: {tap.lastError}</p>}
      </td>
      <Fact label="Access" numeric={false}>
        {accessWords(source)}
      </Fact>
      <Fact label="Last success">{tap.lastSuccessAt === null ? NOT_KNOWN : <RelativeTime instant={tap.lastSuccessAt} />}</Fact>
      <Fact label="Latency">{formatDuration(tap.latencyMs)}</Fact>
      <Fact label="Rows">{formatCount(tap.rows)}</Fact>
      <Fact label="Flows">
        <span className="lg:hidden">{countOf(source.flows.length, 'flow')}</span>
        <span className="max-lg:hidden">{source.flows.length}</span>
      </Fact>
    </tr>
  );
}

function Fact({ label, numeric = true, children }: { label: string; numeric?: boolean; children: React.ReactNode }) {
  return (
    <td role="cell" className={numeric ? 'tabular-nums lg:text-right lg:whitespace-nowrap' : ''}>
      <span className="block text-xs text-muted lg:hidden">{label}</span>
      {children}
    </td>
  );
}
