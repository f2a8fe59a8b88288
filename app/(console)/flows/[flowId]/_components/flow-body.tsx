import type { FlowDetail } from '@/server/domain/health/flow-view';
import { MinutesTable } from '../../../../_ui/chart/minutes-table';
import { ThroughputChart } from '../../../../_ui/chart/throughput-chart';
import { Section } from '../../../../_ui/section';
import { STATUS_WORD } from '../../../../_ui/status/status-words';
import { FailedMessages } from './failures/failed-messages';
import { FlowHeader } from './flow-header';
import { HopStrip } from './hop-strip';
import { RecentTraces } from './recent-traces';
import { StatusChanges } from './status-changes';

export function FlowBody({ flow }: { flow: FlowDetail }) {
  return (
    <div className="space-y-8">
      <FlowHeader flow={flow} />
      <Section title="Hops" note="Figures of the whole flow, over the last five complete minutes">
        <HopStrip hops={flow.hops} />
      </Section>
      <Section title="Last 60 minutes" note="Messages that left per minute; bars are failed attempts">
        <div className="border-y border-line bg-panel pr-2">
          <ThroughputChart
            points={flow.sparkline}
            marks={flow.statusChanges.map(({ at, to }) => ({ at, word: STATUS_WORD[to] }))}
          />
        </div>
        <MinutesTable points={flow.sparkline} />
      </Section>
      {flow.hops.some(({ backlog }) => backlog !== null) && (
        <Section title="Failed messages" note="What the technology gave up on, newest first">
          <FailedMessages flowId={flow.id} />
        </Section>
      )}
      <div className="grid gap-8 xl:grid-cols-2 xl:gap-4">
        <Section title="Status changes" note="Newest first">
          <StatusChanges changes={flow.statusChanges} />
        </Section>
        <Section title="Recent traces" note="Newest first">
          <RecentTraces traces={flow.recentTraces} />
        </Section>
      </div>
    </div>
  );
}
