'use client';

import { useMemo } from 'react';
import type { Discovery } from '@/server/domain/sources/discovery';
import type { SourceView } from '@/server/services/sources/source-view';
import { countOf } from '../../../../../_ui/format/number';
import { Section } from '../../../../../_ui/section';
import { DraftTable } from './_drafts/draft-table';
import { ExchangeTable } from './_topology/exchange-table';
import { TopologyFilter, type TopologyFilterValues } from './_topology/topology-filter';
import { TopologyDiagram } from './_topology/topology-diagram';
import { filterChannels, wireChannels } from './_topology/wired-channels';

interface Props {
  source: SourceView;
  discovery: Discovery;
  params: TopologyFilterValues;
  setParams: (change: Partial<TopologyFilterValues> & { draft?: string | null }) => void;
}

export function DiscoveryBody({ source, discovery, params, setParams }: Props) {
  const channels = useMemo(() => wireChannels(discovery), [discovery]);
  const shown = filterChannels(channels, params);
  const exchanges = discovery.nodes.filter(({ kind }) => kind === 'exchange');
  const uncovered = channels.filter(({ node }) => node.flows.length === 0).length;
  return (
    <div className="space-y-8">
      <div className="max-w-prose space-y-2 px-4">
        <p className="text-base">
          {countOf(channels.length, 'channel')} found, {uncovered === 0 ? 'all covered by flows' : `${uncovered} without a flow`}.
        </p>
        {discovery.notes.length > 0 && (
          <ul className="list-disc space-y-1 pl-5 text-muted">
            {discovery.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </div>
      <Section title="Draft contracts" note="For channels that no contract in force names">
        <DraftTable drafts={discovery.drafts} nodes={discovery.nodes} onReview={(draft) => setParams({ draft })} />
      </Section>
      <Section title="Topology" note={source.kind === 'rabbitmq' ? 'From exchanges on the left through queues to those who consume' : 'Tables that look like interface tables or outboxes'}>
        <div className="space-y-3">
          <TopologyFilter values={params} setValues={setParams} shown={shown.length} total={channels.length} />
          <TopologyDiagram channels={shown} drafts={discovery.drafts} onReview={(draft) => setParams({ draft })} />
        </div>
      </Section>
      {exchanges.length > 0 && (
        <Section title="Exchanges">
          <ExchangeTable exchanges={exchanges} discovery={discovery} />
        </Section>
      )}
    </div>
  );
}
