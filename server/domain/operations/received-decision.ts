/** What can be decided of a message that the alternate of a reroute received, and what it means; pure. */
import type { FlowContract } from '../contracts/flow-schema';

export const RECEIVED_DECISIONS = [
  /** What the alternate made of it stands. */
  'leave',
  /** The alternate is asked to withdraw it. */
  'void',
  /** It shall go to the primary as well. */
  'resend',
] as const;
export type ReceivedDecision = (typeof RECEIVED_DECISIONS)[number];

export const RECEIVED_DECISION_WORDS: Record<ReceivedDecision, string> = { leave: 'Left there', void: 'Void asked for', resend: 'To be sent again' };

/** Which messages of the list: by what was decided of them. */
export const RECEIVED_STANDINGS = ['undecided', 'decided', ...RECEIVED_DECISIONS] as const;
export type ReceivedStanding = (typeof RECEIVED_STANDINGS)[number];

export type ReceivedCounts = Record<'undecided' | ReceivedDecision, number>;

/** How many of the counted ones stand so; undefined: all of them. */
export function countStanding(counts: ReceivedCounts, standing: ReceivedStanding | undefined): number {
  const decided = counts.leave + counts.void + counts.resend;
  if (standing === undefined) return counts.undecided + decided;
  return standing === 'decided' ? decided : counts[standing];
}

/** Why nothing of the flow may be sent again, whoever asks; null: it may. What the contract does not say is not allowed. */
export function resendRefusal(flow: FlowContract | null): string | null {
  if (flow === null) return 'No contract in force has this flow any more, so nobody can say whether its messages may be sent again.';
  const { metadata: { id }, spec: { replay } } = flow;
  const instead = replay?.insteadOfReplay === undefined ? '' : ` ${replay.insteadOfReplay}`;
  if (replay === undefined) return `The contract of ${id} says nothing about replay, so its messages are not sent again.`;
  if (replay.class === 'R0') return `Messages of ${id} are never sent again (class R0).${instead}`;
  return replay.approval === 'forbidden' ? `The contract of ${id} forbids to send its messages again.${instead}` : null;
}

/**
 * What somebody has to do now that this was decided: Signalbox keeps the decision and does nothing of it.
 *
 * @param alternate its name
 */
export function whatToDo(decision: ReceivedDecision, alternate: string, flow: FlowContract | null): string {
  switch (decision) {
    case 'leave': return `Nothing has to be done: what ${alternate} made of it stands.`;
    case 'void': return `Ask ${alternate} to withdraw it, and see that it does. Signalbox keeps the reference and asks nobody.`;
    case 'resend': {
      const checks = (flow?.spec.replay?.preconditions ?? []).map(({ check }) => check);
      return [
        `Let the system that it came from send it to the primary once more. Signalbox has no copy that may be sent, and sends nothing.`,
        ...(checks.length === 0 ? [] : [`The contract demands before that: ${checks.join(', ')}.`]),
        `${alternate} has it still, so it is worked twice unless it is withdrawn there.`,
      ].join(' ');
    }
  }
}
