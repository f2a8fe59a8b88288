import type { Look } from '../backlog/tap-facts';
import { countedWaiting, durationInWords } from '../words';
import type { Finding, RuleInput } from './finding';

const LONGEST_MS = 30_000;

/** Messages wait and nobody takes them, at every look of the last 30 s. */
export function noConsumer({ tap }: RuleInput): Finding | null {
  const since = tap?.current ? abandonedSince(tap.facts.channel.looks) : null;
  if (!tap?.current || since === null) return null;
  const forMs = tap.current.at - since;
  if (forMs < LONGEST_MS) return null;
  return { rule: 'no-consumer', status: 'failing', phase: 'active', text: `no consumer for ${durationInWords(forMs)}, and ${countedWaiting(tap.current.waiting ?? 0n)}` };
}

/** The first look of the unbroken row of such looks that ends now. */
function abandonedSince(looks: readonly Look[]): number | null {
  const lastTaken = looks.findLastIndex(({ consumers, waiting }) => consumers !== 0 || waiting === null || waiting === 0n);
  return looks[lastTaken + 1]?.at ?? null;
}
