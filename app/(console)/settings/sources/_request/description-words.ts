import type { Capability, PermissionFinding, SourceDescription } from '@/server/domain/sources/description';
import { formatDuration } from '../../../../_ui/format/duration';

export const CAPABILITY_WORDS: Record<Capability['id'], string> = {
  depth: 'How much waits',
  rates: 'Rates in and out',
  'message-tap': 'Copies of messages',
  'dead-letters': 'Failed messages',
  age: 'Age of the oldest',
  rows: 'Rows of tables',
  alarms: 'Alarms of the source',
};

export const USE_WORDS: Record<PermissionFinding['for'], string> = {
  observe: 'To observe',
  'message-tap': 'To copy messages into a queue of our own',
  pause: 'To pause',
  canary: 'To let a canary through',
  release: 'To release',
  replay: 'To replay',
  reroute: 'To reroute',
};

export function isLever(use: PermissionFinding['for']): boolean {
  return use !== 'observe' && use !== 'message-tap';
}

/** Below this the two clocks agree as far as a network can tell. */
const SAME_CLOCK_MS = 500;

/** `2.1 s ahead of ours`: what a reader has to add in mind when comparing times. */
export function clockWords(differenceMs: SourceDescription['clockDifferenceMs']): string {
  if (differenceMs === null) return 'the source does not tell its time';
  if (Math.abs(differenceMs) < SAME_CLOCK_MS) return 'none worth mentioning';
  return `${formatDuration(Math.abs(differenceMs))} ${differenceMs > 0 ? 'ahead of' : 'behind'} ours`;
}

/** Findings by what they are for, in the order in which they came. */
export function byUse(permissions: readonly PermissionFinding[]): [PermissionFinding['for'], PermissionFinding[]][] {
  const groups = new Map<PermissionFinding['for'], PermissionFinding[]>();
  for (const finding of permissions) groups.set(finding.for, [...(groups.get(finding.for) ?? []), finding]);
  return [...groups];
}
