/** Finds the flows whose spans could be taken for those of a new one, without comparing it with all. */
import { ambiguousHops } from '@/server/domain/contracts/ambiguous-hops';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';

/** Rivals that a sentence names. */
const MAX_RIVALS = 5;

export class FlowsByPlace {
  readonly #sourceId: string;
  readonly #flows = new Map<string, Set<FlowContract>>();

  constructor(sourceId: string, flows: readonly FlowContract[]) {
    this.#sourceId = sourceId;
    for (const flow of flows) this.add(flow);
  }

  add(flow: FlowContract): void {
    for (const place of this.#placesOf(flow)) this.#flows.set(place, (this.#flows.get(place) ?? new Set()).add(flow));
  }

  /** Ids of some of them; empty: there is no doubt about any span. */
  rivalsOf(flow: FlowContract): string[] {
    const near = new Set(this.#placesOf(flow).flatMap((place) => [...(this.#flows.get(place) ?? [])]));
    const rivals: string[] = [];
    for (const other of near) {
      if (rivals.length < MAX_RIVALS && ambiguousHops([other, flow]).some(([a, b]) => a.flow !== b.flow)) rivals.push(other.metadata.id);
    }
    return rivals;
  }

  /** Queues and exchanges by name: a span does not carry the virtual host. */
  #placesOf({ spec }: FlowContract): string[] {
    return spec.path.flatMap(({ channel }) => (channel.kind !== 'queue' || channel.source !== this.#sourceId ? [] : [`queue ${channel.name}`, ...(channel.exchange === undefined ? [] : [`exchange ${channel.exchange}`])]));
  }
}
