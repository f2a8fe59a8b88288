/** Routing keys that may be stored: without the parts that contracts read for fields that identify somebody. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { requireSelector } from '@/server/domain/contracts/selector';
import { maskOf } from './masked-body';

/** Parts of the routing key, counted from 1, from which the flow reads whom a message is about. */
export function identifyingKeyParts({ spec: { fields } }: FlowContract): ReadonlySet<number> {
  return new Set(Object.values(fields).filter(({ token }) => token)
    .flatMap(({ from }) => from.map(requireSelector).flatMap((selector) => (selector.kind === 'key' ? [selector.part] : []))));
}

export function maskedRoutingKey(routingKey: string, identifying: ReadonlySet<number>): string {
  if (identifying.size === 0) return routingKey;
  return routingKey.split('.').map((part, index) => (identifying.has(index + 1) ? maskOf(part) : part)).join('.');
}
