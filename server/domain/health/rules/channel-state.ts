import type { Finding, RuleInput } from './finding';

/** States in which nothing can pass, whatever the technology. */
const IMPASSABLE: Record<string, string> = { down: 'is down', missing: 'does not exist' };

/** The source itself says that the channel of the contract is down or missing. */
export function channelState({ tap }: RuleInput): Finding | null {
  const words = IMPASSABLE[tap?.current?.state ?? ''];
  if (!tap || words === undefined) return null;
  return { rule: 'channel-state', status: 'failing', phase: 'active', text: `the channel ${tap.facts.channel.channelId} ${words}, says ${tap.facts.source.name}` };
}
