/** Which spans of a hop mean that a message entered, left, or was tried. */
import type { FlowHop, LegMatcher } from './flow-schema';

export interface HopLegs { enter?: LegMatcher; leave?: LegMatcher; attempt?: LegMatcher }

const DEFAULT_LEGS = {
  queue: { enter: { spanKind: ['Producer'] }, leave: { spanKind: ['Consumer'] } },
  table: { enter: { spanKind: ['Producer'] }, leave: { spanKind: ['Consumer'] } },
  route: { enter: { spanKind: ['Client'] }, leave: { spanKind: ['Server'] } },
} as const satisfies Record<FlowHop['channel']['kind'], { enter: { spanKind: LegMatcher['spanKind'] }; leave: { spanKind: LegMatcher['spanKind'] } }>;

/** The contract's legs, or those of the channel kind where it names none: producer and consumer, or client and server. */
export function legsOf(hop: Pick<FlowHop, 'legs' | 'channel'>): HopLegs {
  if (hop.legs) return hop.legs;
  const { enter, leave } = DEFAULT_LEGS[hop.channel.kind];
  return { enter: { spanKind: [...enter.spanKind] }, leave: { spanKind: [...leave.spanKind] } };
}
