import type { TapView } from '@/server/services/sources/source-view';
import { Fact, FactGrid } from '../../../../_ui/fact-grid';
import { formatDuration } from '../../../../_ui/format/duration';
import { formatCount } from '../../../../_ui/format/number';
import { RelativeTime } from '../../../../_ui/live/relative-time';

/** When the tap last succeeded, how long a look takes, what it read, who runs it. */
export function TapFigures({ tap }: { tap: TapView }) {
  return (
    <FactGrid>
      <Fact term="Last success">{tap.lastSuccessAt === null ? 'not yet' : <RelativeTime instant={tap.lastSuccessAt} />}</Fact>
      <Fact term="Latency">{formatDuration(tap.latencyMs)}</Fact>
      <Fact term="Rows of the last look">{formatCount(tap.rows)}</Fact>
      <Fact term="Collector">{tap.instance ?? 'none'}</Fact>
      {tap.lastError !== null && <Fact term="Last error">{tap.lastError}</Fact>}
    </FactGrid>
  );
}
