/** What an operation over several channels does as a whole, out of what it does at each. */
import type { ConnectorPlan, PlanPart } from './plan';
import type { SequenceKind } from './step-sequence';

type Part = Pick<PlanPart, 'hopId' | 'act'>;

/** How steps of several channels go together, said in every plan of them. */
const WAY: Record<SequenceKind, { first: string; stop: string; undo: string }> = {
  pause: {
    first: 'One after the other, in this order; the next begins when the one before is measured as held, or in place and draining for longer than 20 s.',
    stop: 'It does not leave some channels held and others not: when a step fails, or somebody stops it, what was held is taken back in reverse order.',
    undo: 'Release all of them together, or each by itself.',
  },
  release: {
    first: 'One after the other, in this order; when a step fails, or somebody stops it, what is left stays held.',
    stop: 'What is released is not held again when a later step fails.',
    undo: 'A new pause holds again; what has gone on by then stays gone.',
  },
};

/** @param parts in the order of acting; every sentence of one channel names its hop */
export function combinedAct(kind: SequenceKind, parts: readonly Part[]): ConnectorPlan {
  const said = (of: (act: ConnectorPlan) => readonly string[]) => parts.flatMap(({ hopId, act }) => of(act).map((sentence) => `${hopId}: ${sentence}`));
  const joined = (of: (guarantee: ConnectorPlan['guarantee']) => string) => parts.map(({ hopId, act }) => [hopId, of(act.guarantee)] as const).filter(([, text]) => text !== '').map(([hopId, text]) => `${hopId}: ${text}`).join(' ');
  const seconds = parts.map(({ act }) => act.estimatedSeconds);
  return {
    steps: [WAY[kind].first, ...said(({ steps }) => steps)],
    receivers: said(({ receivers }) => receivers),
    guarantee: {
      delivery: weakest(parts.map(({ act }) => act.guarantee.delivery)),
      order: joined(({ order }) => order), survivesRestart: joined(({ survivesRestart }) => survivesRestart), inFlight: joined(({ inFlight }) => inFlight),
    },
    willNot: [WAY[kind].stop, ...said(({ willNot }) => willNot)],
    warnings: said(({ warnings }) => warnings),
    locks: parts.flatMap(({ hopId, act }) => act.locks.map(({ code, sentence }) => ({ code, sentence: `${hopId}: ${sentence}` }))),
    waiting: sum(parts.map(({ act }) => act.waiting)),
    // What is known of it is never hidden by a channel of which nothing is.
    unsettled: parts.every(({ act }) => act.unsettled === null) ? null : sum(parts.map(({ act }) => act.unsettled ?? '0')),
    limits: parts.flatMap(({ hopId, act }) => act.limits.map((limit) => ({ ...limit, what: `${limit.what} (${hopId})`, sentence: `${hopId}: ${limit.sentence}` }))),
    canary: kind === 'release' ? null : { possible: parts.some(({ act }) => act.canary?.possible === true), sentence: parts.map(({ hopId, act }) => `${hopId}: ${act.canary?.sentence ?? 'nothing is said about it.'}`).join(' ') },
    nativeCommands: parts.flatMap(({ hopId, act }) => act.nativeCommands.map(({ what, command }) => ({ what: `${hopId}: ${what}`, command }))),
    undo: WAY[kind].undo,
    estimatedSeconds: seconds.some((one) => one === null) ? null : seconds.reduce<number>((total, one) => total + (one ?? 0), 0),
    // Compared and carried out part by part.
    topology: null, action: null,
  };
}

/** Null as soon as one is not known. */
function sum(counts: readonly (string | null)[]): string | null {
  return counts.some((count) => count === null) ? null : counts.reduce((total, count) => total + BigInt(count ?? 0), 0n).toString();
}

function weakest(promises: readonly ConnectorPlan['guarantee']['delivery'][]): ConnectorPlan['guarantee']['delivery'] {
  return promises.find((promise) => promise === 'at-least-once') ?? promises.find((promise) => promise === 'exactly-once') ?? 'not-applicable';
}
