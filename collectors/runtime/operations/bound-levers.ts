/** Levers with the source they act on already chosen, so that the engine need not know whether there is a connector behind. */
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { ConnectedSource, Connector } from '../taps/connector';
import type { ConfiguredSource } from '../taps/configured-sources';
import type { Levers, LeverTarget } from './levers';

type WithoutSource<F> = F extends (source: never, ...rest: infer R) => infer A ? (...rest: R) => A : never;
export type BoundLevers = { [K in keyof Levers]: WithoutSource<Levers[K]> };

/** Levers of a target, or why there are none, in a sentence for people. */
export type FindLevers = (target: LeverTarget) => BoundLevers | { problem: string };

export function leversOfSources(
  connectors: Readonly<Record<ConnectableKind, Connector>>, sources: () => readonly ConfiguredSource[], cooperative: BoundLevers | null,
): FindLevers {
  return ({ channel }) => {
    if (channel.kind === 'route') return cooperative ?? { problem: 'Routes cannot be held by this installation.' };
    const configured = sources().find(({ id }) => id === channel.source);
    if (!configured) return { problem: `Source ${channel.source} is not connected, so nothing can be done there. Connect it under Settings → Sources.` };
    if (!configured.source) return { problem: configured.problem ?? `Source ${channel.source} cannot be reached.` };
    const { levers } = connectors[configured.source.kind];
    return levers ? bind(levers, configured.source) : { problem: `Signalbox only looks at sources of the kind ${configured.source.kind}.` };
  };
}

function bind(levers: Levers, source: ConnectedSource): BoundLevers {
  return {
    plan: (...rest) => levers.plan(source, ...rest), execute: (...rest) => levers.execute(source, ...rest), undo: (...rest) => levers.undo(source, ...rest),
    observe: (...rest) => levers.observe(source, ...rest), reassert: (...rest) => levers.reassert(source, ...rest),
  };
}
