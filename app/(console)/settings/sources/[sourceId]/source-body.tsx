import { Search } from 'lucide-react';
import Link from 'next/link';
import type { SourceView } from '@/server/services/sources/source-view';
import { RelativeTime } from '../../../../_ui/live/relative-time';
import { Section } from '../../../../_ui/section';
import { EmptyState } from '../../../../_ui/states/empty-state';
import { usePermission } from '../../../_session/permission';
import { ComponentDetail } from '../../health/component-detail';
import { FileNote } from '../_facts/file-note';
import { isEditable, KIND_WORDS } from '../_facts/source-words';
import { TapMark } from '../_facts/tap-mark';
import { SourceTest } from '../_request/source-test';
import { SourceActions } from './source-actions';
import { SourceFacts } from './source-facts';
import { TapFigures } from './tap-figures';

export function SourceBody({ source }: { source: SourceView }) {
  const mayManage = usePermission('sources:manage') === true;
  const mayDiscover = usePermission('contracts:manage') === true;
  const connected = source.settings !== null;
  return (
    <div className="space-y-8">
      <header className="space-y-3 px-4">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <div>
            <h1 className="text-xl font-semibold">{source.name}</h1>
            <p className="text-muted">
              {KIND_WORDS[source.kind]} of {source.system.name}
            </p>
          </div>
          <div className="flex flex-wrap gap-2">
            {connected && mayDiscover && (
              <Link href={`/settings/sources/${encodeURIComponent(source.id)}/discovery`} className="button">
                <Search size={14} aria-hidden />
                Discover channels
              </Link>
            )}
            {isEditable(source) && mayManage && <SourceActions source={source} />}
          </div>
        </div>
        {source.origin === 'file' && <FileNote source={source} />}
      </header>
      <Section title="Tap" note={source.tap.reportedAt === null ? undefined : <>reported <RelativeTime instant={source.tap.reportedAt} /></>}>
        <div className="space-y-3 border-y border-line bg-panel px-4 py-3">
          <p className="flex flex-wrap gap-x-3 text-base">
            <TapMark status={source.tap.status} />
            <span className="min-w-0 break-words">{source.tap.summary}</span>
          </p>
          <TapFigures tap={source.tap} />
          <ComponentDetail detail={source.tap.detail} />
        </div>
      </Section>
      <Section title="Connection">
        <SourceFacts source={source} />
      </Section>
      {connected && mayManage && (
        <Section title="Test" note="A collector connects, looks and tells; nothing is changed">
          <SourceTest sourceId={source.id} />
        </Section>
      )}
      <Section title="Flows" note="Flows in force with a hop on this source">
        <FlowList flows={source.flows} />
      </Section>
    </div>
  );
}

function FlowList({ flows }: { flows: readonly string[] }) {
  if (flows.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No flow in force has a hop here">
          <p>Discovery drafts a contract for each channel that none covers.</p>
        </EmptyState>
      </div>
    );
  }
  return (
    <ul className="flex flex-wrap gap-x-6 gap-y-1 border-y border-line bg-panel px-4 py-2">
      {flows.map((flowId) => (
        <li key={flowId}>
          <Link href={`/flows/${encodeURIComponent(flowId)}`} className="figure-link">
            {flowId}
          </Link>
        </li>
      ))}
    </ul>
  );
}
