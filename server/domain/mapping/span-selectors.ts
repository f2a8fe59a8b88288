/** Selectors compiled to slots of a span's values, so that reading one is an array access. */
import type { FlowHop } from '../contracts/flow-schema';
import { requireSelector } from '../contracts/selector';
import { cleanValue, routingKeyPart } from './clean-value';
import type { ValueReader } from './field-reader';
import type { SpanFacts } from './span-mapper';

/** Current name first. The routing key of AMQP, which `key:N` takes apart. */
export const ROUTING_KEY_ATTRIBUTES = ['messaging.rabbitmq.destination.routing_key', 'messaging.rabbitmq.routing_key'] as const;

/** The attribute keys that a mapper asks a receiver for; a key's position is the slot of its value. */
export class KeySlots {
  private readonly slots = new Map<string, number>();

  slotOf(key: string): number {
    const known = this.slots.get(key);
    if (known !== undefined) return known;
    this.slots.set(key, this.slots.size);
    return this.slots.size - 1;
  }

  keys(): string[] {
    return [...this.slots.keys()];
  }
}

export interface SlotTable {
  span: KeySlots;
  resource: KeySlots;
}

export type SpanReader = ValueReader<SpanFacts>;

/** The reader of a selector, or null for selectors that only a tap can answer (header, body, column). */
export function compileSelector(text: string, slots: SlotTable): SpanReader | null {
  const selector = requireSelector(text);
  switch (selector.kind) {
    case 'attr': {
      const slot = slots.span.slotOf(selector.name);
      return (span) => cleanValue(span.attributes[slot]);
    }
    case 'resource': {
      const slot = slots.resource.slotOf(selector.name);
      return (span) => cleanValue(span.resource[slot]);
    }
    case 'const': {
      const value = cleanValue(selector.value);
      return () => value;
    }
    case 'key': {
      const current = slots.span.slotOf(ROUTING_KEY_ATTRIBUTES[0]);
      const older = slots.span.slotOf(ROUTING_KEY_ATTRIBUTES[1]);
      const { part } = selector;
      return (span) => {
        const routingKey = span.attributes[current] ?? span.attributes[older];
        return routingKey === undefined ? undefined : cleanValue(routingKeyPart(routingKey, part));
      };
    }
    default: return null;
  }
}

/** The attribute keys that a selector reads, for the allow-list. */
export function attributeKeysOf(text: string): readonly string[] {
  const selector = requireSelector(text);
  if (selector.kind === 'attr' || selector.kind === 'resource') return [selector.name];
  return selector.kind === 'key' ? ROUTING_KEY_ATTRIBUTES : [];
}

export interface Condition {
  read: SpanReader;
  values: readonly string[];
}

export function compileConditions(when: FlowHop['when'], slots: SlotTable): Condition[] {
  return Object.entries(when ?? {}).flatMap(([selector, values]) => {
    const read = compileSelector(selector, slots);
    return read ? [{ read, values: values.map((value) => value.trim()) }] : [];
  });
}

/** Whether all conditions hold; true for none. */
export function conditionsHold(conditions: readonly Condition[], span: SpanFacts): boolean {
  for (const { read, values } of conditions) {
    const value = read(span);
    if (value === undefined || !values.includes(value)) return false;
  }
  return true;
}
