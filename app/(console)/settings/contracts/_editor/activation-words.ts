import type { CheckedDraft } from '@/server/services/contracts/console-document-view';

/** What activating a contract does and does not do, each as a sentence. */
export function activationConsequences(flow: NonNullable<CheckedDraft['flow']>, replaces: number | null): string[] {
  const isDraft = flow.lifecycle === 'draft';
  const tapsQueues = flow.hops.some(({ channelId }) => channelId.includes(':queue:'));
  return [
    `Within seconds the collectors match telemetry and tapped facts of its ${flow.hops.length === 1 ? 'channel' : `${flow.hops.length} channels`} to the flow ${flow.name}${isDraft ? ' as a draft' : `, lifecycle ${flow.lifecycle}`}.`,
    'It gives nobody a lever: nothing can be paused, replayed or rerouted because of it.',
    ...(tapsQueues ? ['Where the contract names an exchange and the source has an AMQP address, the tap binds a bounded queue of its own there to see copies; business queues stay untouched.'] : []),
    ...(replaces === null ? [] : [`It replaces revision ${replaces}, which was activated here before.`]),
  ];
}
