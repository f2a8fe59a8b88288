import { counted } from '../words';
import type { Finding, RuleInput } from './finding';

/** An alarm of the source that carries the hop: blocked publishers look like an empty, healthy queue. */
export function brokerAlarm({ tap }: RuleInput): Finding | null {
  const alarms = tap?.alarms?.alarms ?? [];
  const blocked = tap?.alarms?.blockedConnections ?? 0;
  if (!tap || (alarms.length === 0 && blocked === 0)) return null;
  const { name } = tap.facts.source;
  const connections = `${counted(blocked, 'connection')} ${blocked === 1 ? 'is' : 'are'} kept from publishing`;
  const text = alarms.length === 0 ? `${name} blocks publishers: ${connections}` : `${alarmsInWords(alarms)} at ${name} ${alarms.length === 1 ? 'blocks' : 'block'} publishers${blocked > 0 ? `, ${connections}` : ''}`;
  return { rule: 'broker-alarm', status: 'failing', phase: 'active', text: `${text}; that little waits here says nothing` };
}

/** `memory:rabbit@a`, `memory:rabbit@b`, `disk` → `memory alarm (rabbit@a, rabbit@b) and disk alarm`. */
function alarmsInWords(alarms: readonly string[]): string {
  const nodes = new Map<string, string[]>();
  for (const alarm of alarms) {
    const [kind = alarm, ...node] = alarm.split(':');
    nodes.set(kind, [...(nodes.get(kind) ?? []), ...(node.length > 0 ? [node.join(':')] : [])]);
  }
  return [...nodes].map(([kind, at]) => `${kind} alarm${at.length > 0 ? ` (${at.join(', ')})` : ''}`).join(' and ');
}
