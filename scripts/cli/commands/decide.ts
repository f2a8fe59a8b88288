/** `approve`, `reject`, and what needs two people: asked for here, decided in the browser by a signed-in person. */
import { hostname, userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { instantWords } from '@/server/domain/instant-words';
import { requestDecision } from '@/server/services/device/request-decision';
import { redeemRequest } from '@/server/services/device/redeem-request';
import type { DeviceAnswer } from '@/server/services/device/device-view';
import type { OperationView } from '@/server/services/operations/operation-view';
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

/** A plan that needs two people is confirmed as a person: whoever enters the code is the first of them. */
export async function confirmAsPerson(context: CommandContext, { id, planHash, reason, ticket, typed }: { id: string; planHash: string; reason: string; ticket?: string; typed?: string }): Promise<OperationView> {
  const told = { ...(ticket === undefined ? {} : { ticket }), ...(typed === undefined ? {} : { typed }) };
  const codes = await requestDecision(context, { act: 'confirm', id, planHash, from: from(), words: reason, ...told });
  const why = 'This plan needs two people, and a command line is none: confirm it as yourself, and another person approves it then.';
  return (await agreed(context, codes, { id, planHash, verb: 'confirm' }, [why])).operation;
}

const from = () => `${userInfo().username}@${hostname()}`;

async function planHashOf(context: CommandContext, id: string): Promise<string> {
  const { planHash } = await readOperation(context, { id });
  if (planHash === null) throw new Refusal('conflict', `Operation ${id} has no plan yet.`);
  return planHash;
}

type Codes = { deviceCode: string; userCode: string; expiresAt: string };
type Asked = { id: string; planHash: string; verb: string };

async function decided(context: CommandContext, codes: Codes, asked: Asked): Promise<CommandAnswer> {
  const { by, operation } = await agreed(context, codes, asked);
  return { data: operation, text: `Decided by ${by}.\n${operationText(operation)}` };
}

/** Shows the code and waits for the person. @throws Refusal */
async function agreed(context: CommandContext, codes: Codes, { id, planHash, verb }: Asked, why: string[] = []): Promise<Extract<DeviceAnswer, { state: 'done' }>> {
  context.tell([
    ...why, `To ${verb} operation ${id}, plan ${planHash.slice(0, 12)}, sign in and open`, `  ${context.webUrl === undefined ? 'the page /device of Signalbox' : `${context.webUrl}/device`}`, `and enter the code`, `  ${codes.userCode}`,
    `It is good once, until ${instantWords(new Date(codes.expiresAt))}. Waiting …`,
  ].join('\n'));
  for (;;) {
    const answer = await redeemRequest(context, { deviceCode: codes.deviceCode });
    if (answer.state === 'done') return answer;
    if (answer.state !== 'waiting') throw new Refusal('conflict', answer.sentence);
    await pause(LOOK_MS);
  }
}
