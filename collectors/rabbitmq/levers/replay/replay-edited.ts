/** Replays one dead letter changed: the changed one goes to the work queue, the original to a queue of ours, and it leaves the dead-letter queue, all in one transaction. */
import type { LeverResult, LeverRun } from '@/collectors/runtime/operations/levers';
import type { EditChange } from '@/server/domain/operations/edit';
import { editedNames, replayNames } from '../../own-names';
import { exactProperties, publishExactly } from '../amqp/exact-messages';
import { changedProperties } from '../amqp/wire-properties';
import type { BrokerAccess } from '../broker-access';
import { makeOwnExchange, removeOwnExchange } from '../moving/own-exchange';
import type { MessageIdentity } from '../moving/message-identity';
import { editMessage, type EditedMessage } from './edit-message';
import { replay } from './replay';
import type { Replay } from './replay-plan';
import { itemHeader, throughOwnExchange, type SendingWay } from './sending-way';

/** On the changed message: which item of which operation it is a changed copy of. On the original: the same. */
const EDITS_HEADER = 'x-signalbox-edits';
const EDITED_HEADER = 'x-signalbox-edited';

export async function replayEdited(broker: BrokerAccess, run: LeverRun, act: Replay, identity: MessageIdentity, perSecond: number | null, changes: readonly EditChange[]): Promise<LeverResult> {
  const edits = new WeakMap<object, EditedMessage | { problem: string }>();
  const editOf = (message: Parameters<typeof editMessage>[0]) => {
    const known = edits.get(message) ?? editMessage(message, exactProperties(message), changes);
    edits.set(message, known);
    return known;
  };
  // Preconditions are asked about the message that the receiver will get.
  const asking: MessageIdentity = {
    ...identity,
    fieldsOf: (message, routingKey) => {
      const edited = editOf(message);
      return identity.fieldsOf('problem' in edited ? message : edited.view, routingKey);
    },
  };
  const result = await replay(broker, run, act, keepingOriginals(broker, run, act, editOf), asking, perSecond);
  return { ...result, sentence: result.moved === 1 ? `${result.sentence} It was changed; the original is kept in ${editedNames(run.operationId).queue}.` : result.sentence };
}

function keepingOriginals(broker: BrokerAccess, run: LeverRun, act: Replay, editOf: (message: Parameters<typeof editMessage>[0]) => EditedMessage | { problem: string }): SendingWay {
  const { queue, keep } = editedNames(run.operationId);
  const back = `${replayNames(run.operationId).back}.kept`;
  const way = throughOwnExchange(broker, run, act, async (channel, { message, routingKey, item }, to) => {
    const edited = editOf(message);
    if ('problem' in edited) throw new TypeError('A message that cannot be changed must not be sent.');
    await run.edited(edited.before);
    const link = itemHeader(run, item.position);
    publishExactly(channel, to, changedProperties(to.properties(edited.properties), { header: { name: EDITS_HEADER, value: link } }), edited.content);
    publishExactly(channel, { exchange: keep, routingKey }, changedProperties(exactProperties(message), { header: { name: EDITED_HEADER, value: link }, isPersistent: true }), message.content);
  });
  return {
    ...way,
    refuses(message) {
      const edited = editOf(message);
      return 'problem' in edited ? { reason: `It cannot be changed so. ${edited.problem} It stays in the dead-letter queue.`, instead: 'Replay it as it is, or mend it at the sending system.' } : null;
    },
    async prepare() {
      await way.prepare();
      const connection = await broker.amqp();
      await connection.once((channel) => channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': act.fromType } }));
      await makeOwnExchange(broker, run, { out: keep, back, queue, returnTo: act.from });
    },
    async clear() {
      await way.clear();
      await removeOwnExchange(broker, run, { out: keep, back });
    },
  };
}
