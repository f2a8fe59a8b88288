import type { HopFigures } from '@/server/domain/health/flow-view';
import type { SeriesRange } from '@/server/domain/health/series/hop-series';

const RANGE_WORDS: Record<SeriesRange, string> = { '1h': 'last hour', '6h': 'last 6 hours', '24h': 'last 24 hours' };

/** Why a chart has nothing to draw, and what to do about it. */
export interface NoFacts {
  title: string;
  advice: string;
}

export function noThroughput(range: SeriesRange): NoFacts {
  return {
    title: `Nobody counted what passed here in the ${RANGE_WORDS[range]}`,
    advice: "No trace of this hop was received in a week, and no source counts its messages. Check the contract's match rules, or connect the source.",
  };
}

export function noLatency(range: SeriesRange): NoFacts {
  return {
    title: `No latency is known in the ${RANGE_WORDS[range]}`,
    advice: 'It needs messages that left, with traces of their entry and their leaving that carry the same message id.',
  };
}

export function noBacklog({ channelId, backlog }: Pick<HopFigures, 'channelId' | 'backlog'>, range: SeriesRange): NoFacts {
  if (channelId.includes(':route:')) return { title: 'Nothing waits in front of an API', advice: 'Calls are answered or refused; what a caller keeps back waits at the hop before.' };
  if (backlog === null) return { title: 'Nobody looks at what waits here', advice: `Connect the source ${channelId.split(':', 1)[0]} to see its backlog.` };
  return { title: `No look at this channel told what waits in the ${RANGE_WORDS[range]}`, advice: backlog.problem === null ? 'Its tap has just begun, or the source does not tell.' : sentence(backlog.problem) };
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
}
