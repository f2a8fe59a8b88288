/** `approve` and `reject`: asked for here, decided in the browser by a signed-in person. */
import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { requestDecision } from '@/server/services/device/request-decision';
import { redeemRequest } from '@/server/services/device/redeem-request';
import { readOperation } from '@/server/services/operations/read-operation';
import { Refusal } from '@/server/services/refusal';
import { required } from '../arguments';
import type { Command, CommandAnswer, CommandContext } from '../command';
import { operationText } from '../plan-text';

const LOOK_MS = 1_000;

export const approve: Command = async (context, { options }) => {
  const id = required(options, 'id');
  const planHash = options.hash ?? await planHashOf(context, id);
  return decided(context, await requestDecision(context, { act: 'approve', id, planHash, from: from(), ...(options.comment === undefined ? {} : { words: options.comment }) }), { id, planHash, verb: 'approve' });
};

export const reject: Command = async (context, { options }) => {
  const id = required(options, 'id');
  const planHash = options.hash ?? await planHashOf(context, id);
  return decided(context, await requestDecision(context, { act: 'reject', id, planHash, from: from(), words: required(options, 'reason') }), { id, planHash, verb: 'reject' });
};

const from = () => `${userInfo().username}@${hostname()}`;

async function planHashOf(context: CommandContext, id: string): Promise<string> {
  const { planHash } = await readOperation(context, { id });
  if (planHash === null) throw new Refusal('conflict', `Operation ${id} has no plan yet.`);
  return planHash;
}

async function decided(context: CommandContext, codes: { deviceCode: string; userCode: string; expiresAt: string }, { id, planHash, verb }: { id: string; planHash: string; verb: string }): Promise<CommandAnswer> {
  context.tell([
    `To ${verb} operation ${id}, plan ${planHash.slice(0, 12)}, sign in and open`, `  ${context.webUrl === undefined ? 'the page /device of Signalbox' : `${context.webUrl}/device`}`, `and enter the code`, `  ${codes.userCode}`,
    `It is good once, until ${codes.expiresAt}. Waiting …`,
  ].join('\n'));
  for (;;) {
    const answer = await redeemRequest(context, { deviceCode: codes.deviceCode });
    if (answer.state === 'done') return { data: answer.operation, text: `Decided by ${answer.by}.\n${operationText(answer.operation)}` };
    if (answer.state !== 'waiting') throw new Refusal('conflict', answer.sentence);
    await pause(LOOK_MS);
  }
}
