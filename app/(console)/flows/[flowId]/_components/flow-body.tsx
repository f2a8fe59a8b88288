'use client';

import type { FlowDetail } from '@/server/domain/health/flow-view';
import type { AxisMark } from '../../../../_ui/chart/axis-marks';
import { Section } from '../../../../_ui/section';
import { FlowOperations } from '../../../operations/_list/flow-operations';
import { operationMarks } from '../../../operations/_list/operation-marks';
import { useFlowOperations } from '../../../operations/_list/use-flow-operations';
import { FailedMessages } from './failures/failed-messages';
import { FlowHeader } from './flow-header';
import { HopCharts } from './hop-charts/hop-charts';
import { RangeChoice } from './hop-charts/range-choice';
import { HopStrip } from './hop-strip';
import { LeverSheet } from './levers/lever-sheet';
import { Levers } from './levers/levers';
import { RecentTraces } from './recent-traces';
import { useSelectedHop } from './selected-hop';
import { StatusChanges } from './status-changes';
import { statusMarks } from './status-marks';

export function FlowBody({ flow }: { flow: FlowDetail }) {
  const [hop, selectHop] = useSelectedHop(flow.hops);
  const operations = useFlowOperations(flow.id);
  const marks: AxisMark[] = [...statusMarks(flow.statusChanges), ...operationMarks(operations.data?.items ?? [])];
  return (
    <div className="space-y-8">
      <FlowHeader flow={flow} />
      <Section title="Hops" note="Figures of the whole flow, over the last five minutes. Choose a hop to see it over time.">
        <HopStrip hops={flow.hops} selected={hop?.hopId} onSelect={selectHop} />
      </Section>
      <Section title={hop === undefined ? 'Levers' : `Levers at ${hop.name}`} note="Every lever shows its plan before anything happens">
        <Levers flow={flow} hopId={hop?.hopId ?? null} />
      </Section>
      {hop !== undefined && (
        <Section title={hop.name} note={<RangeChoice />}>
          <div className="border-y border-line bg-panel">
            <HopCharts flowId={flow.id} hop={hop} latencyLimitMs={flow.slo.latencyP95Ms} marks={marks} />
          </div>
        </Section>
      )}
      {flow.hops.some(({ backlog }) => backlog !== null) && (
        <Section title="Failed messages" note="What the technology gave up on, in all hops, newest first">
          <FailedMessages flowId={flow.id} />
        </Section>
      )}
      <Section title="Operations" note="What was done with the levers of this flow, newest first">
        <FlowOperations flowId={flow.id} />
      </Section>
      <div className="grid gap-8 xl:grid-cols-2 xl:gap-4">
        <Section title="Status changes" note="Newest first">
          <StatusChanges changes={flow.statusChanges} />
        </Section>
        <Section title="Recent traces" note="Newest first">
          <RecentTraces traces={flow.recentTraces} />
        </Section>
      </div>
      <LeverSheet flow={flow} hopId={hop?.hopId ?? null} />
    </div>
  );
}
