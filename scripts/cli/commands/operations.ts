import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { uuidv7 } from '@/server/domain/ids';
import type { operationRequest } from '@/server/domain/operations/request';
import { isOver } from '@/server/domain/operations/hold-states';
import { isFinal } from '@/server/domain/operations/operation-states';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { readLeverFrame } from '@/server/services/operations/lever-frame';
import { setLeverSwitch } from '@/server/services/operations/lever-switch';
import { listHolds } from '@/server/services/operations/list-holds';
import { listOperations } from '@/server/services/operations/list-operations';
import { loadHold } from '@/server/services/operations/operation-rows';
import type { OperationView } from '@/server/services/operations/operation-view';
import { readOperation } from '@/server/services/operations/read-operation';
import { requestOperation } from '@/server/services/operations/request-operation';
import { stopOperation } from '@/server/services/operations/stop-operation';
import { listOf, required, type CliArguments } from '../arguments';
import type { Command, CommandAnswer, CommandContext } from '../command';
import { readEditFile } from '../edit-file';
import { nextStep, operationText } from '../plan-text';
import { asTable } from '../table';
import { confirmAsPerson } from './decide';
import { UsageError } from '../usage';

type Request = z.input<typeof operationRequest>;

const LOOK_MS = 250;
const DEFAULT_REVIEW_MS = 60 * 60_000;
const DEFAULT_WINDOW_MS = 24 * 3_600_000;

export const pauseFlow: Command = async (context, args) => {
  if (args.steps.length > 0) return pauseSeveral(context, args);
  const place = await placeOf(context, args);
  return plan(context, args, { kind: 'pause', ...place, method: required(args.options, 'method') as never, reviewBy: reviewOf(context, args) });
};

/** Several channels, each as `--step hop:method`, in this order. */
async function pauseSeveral(context: CommandContext, args: CliArguments): Promise<CommandAnswer> {
  const { options, steps } = args;
  if (options.method !== undefined || options.hop !== undefined) throw new UsageError('--step names hop and method of each channel; leave --hop and --method out.');
  if (steps.length < 2) throw new UsageError('Name at least two channels by --step; for one use --hop and --method.');
  const [first, ...further] = steps.map((step) => {
    const [, hopId, method] = /^([^:]+):([^:]+)$/.exec(step) ?? [];
    if (hopId === undefined || method === undefined) throw new UsageError(`"${step}" is no step: write hop:method, e.g. --step outbox:park.`);
    return { hopId, method: method as never };
  });
  return plan(context, args, { kind: 'pause', flowId: required(options, 'flow'), ...first!, reviewBy: reviewOf(context, args), further });
}

export const rerouteFlow: Command = async (context, args) => {
  const place = await placeOf(context, args);
  const { payer, facility } = args.options;
  return plan(context, args, {
    kind: 'reroute', ...place, alternate: required(args.options, 'alternate'), reviewBy: reviewOf(context, args),
    ...(payer === undefined && facility === undefined ? {} : { only: { payer, facility } }), ...(args.options['per-second'] === undefined ? {} : { perSecond: Number(args.options['per-second']) }),
  });
};

export const replayFlow: Command = async (context, args) => {
  const { options } = args;
  const place = await placeOf(context, args);
  return plan(context, args, {
    kind: 'replay', ...place, selection: selectionOf(context, args), to: (options.to ?? 'queue') as never,
    ...(options['per-second'] === undefined ? {} : { perSecond: Number(options['per-second']) }), ...(options.attestation === undefined ? {} : { attestation: options.attestation }),
    overrideUnknown: args.flags.has('override-unknown'), ...(options.edit === undefined ? {} : { edit: await readEditFile(options.edit) }),
  });
};

export const releaseHold: Command = async (context, args) => plan(context, args, {
  kind: 'release', ...(args.flags.has('all') ? await holdPlaces(context, args) : await holdPlace(context, args)), ...(args.options['per-second'] === undefined ? {} : { perSecond: Number(args.options['per-second']) }), ...rampOf(args),
});
export const restoreHold: Command = async (context, args) => plan(context, args, { kind: 'restore', ...(await holdPlace(context, args)) });
export const canaryHold: Command = async (context, args) => {
  const { payer, facility, count } = args.options;
  const n = Number(count ?? '1');
  return plan(context, args, {
    kind: 'canary', ...(await holdPlace(context, args)),
    which: payer !== undefined ? { by: 'payer', payer, atMost: n } : facility !== undefined ? { by: 'facility', facility, atMost: n } : { by: 'count', count: n },
  });
};

export const confirm: Command = async (context, args) => {
  const id = required(args.options, 'id');
  return shown(await untilSettled(context, await setGoing(context, args, await readOperation(context, { id }), required(args.options, 'hash'))));
};

/** What needs two people is confirmed by a person, in the browser; everything else by the account of this machine, at once. */
function setGoing(context: CommandContext, { options }: CliArguments, { id, plan: frozen, state }: OperationView, planHash: string): Promise<OperationView> {
  const told = { id, planHash, reason: required(options, 'reason'), ...(options.ticket === undefined ? {} : { ticket: options.ticket }), ...(options.typed === undefined ? {} : { typed: options.typed }) };
  return state === 'planned' && frozen?.approval.needed === 'four-eyes' ? confirmAsPerson(context, told) : confirmOperation(context, told);
}

export const stop: Command = async (context, { options }) => shown(await stopOperation(context, { id: required(options, 'id'), ...(options.reason === undefined ? {} : { reason: options.reason }) }));

export const operationStatus: Command = async (context, { options }) => shown(await readOperation(context, { id: required(options, 'id') }));

/** Everything that is held or under way. */
export const status: Command = async (context) => {
  const [holds, open] = await Promise.all([listHolds(context, {}), listOperations(context, { state: 'open', limit: 100 })]);
  return {
    data: { holds: holds.items, operations: open.items },
    text: [
      asTable(['HOLD', 'FLOW', 'STATE', 'METHOD', 'OWNER', 'REVIEW BY', 'MEASURED'], holds.items.map((hold) => [hold.id, hold.flowId, hold.unverifiedSince === null ? hold.state : `unverified since ${hold.unverifiedSince}`, hold.method, hold.owner, hold.reviewBy, hold.observation])),
      asTable(['OPERATION', 'KIND', 'FLOW', 'STATE', 'BY', 'WHAT HAPPENS'], open.items.map((one) => [one.id, one.kind, one.flowId, one.state, one.requestedBy, one.summary])),
    ].join('\n\n'),
  };
};

export const leversSwitch = (disabled: boolean): Command => async (context, { options }) => {
  const answer = await setLeverSwitch(context, { disabled, reason: required(options, 'reason') });
  return { data: answer, text: disabled ? 'All levers are disabled. What is held stays held.' : 'Levers can be pulled again.' };
};

/** Asks for the plan and shows it; with `--execute` it is confirmed as well. */
async function plan(context: CommandContext, args: CliArguments, request: Request extends infer R ? (R extends { id: string } ? Omit<R, 'id'> : never) : never): Promise<CommandAnswer> {
  const asked = await requestOperation(context, { ...request, id: uuidv7() });
  const planned = await until(context, asked.id, ({ state }) => state !== 'draft');
  if (!args.flags.has('execute') || planned.state !== 'planned' || planned.locks.length > 0) {
    return { data: planned, text: operationText(planned) + nextStep(planned), exitCode: planned.state === 'planned' && planned.locks.length === 0 ? 0 : 1 };
  }
  return shown(await untilSettled(context, await setGoing(context, args, planned, planned.planHash!)));
}

async function until(context: CommandContext, id: string, holds: (operation: OperationView) => boolean): Promise<OperationView> {
  for (;;) {
    const operation = await readOperation(context, { id });
    if (holds(operation)) return operation;
    await pause(LOOK_MS);
  }
}

/** Until it has ended, or waits for a person. */
function untilSettled(context: CommandContext, { id }: OperationView): Promise<OperationView> {
  return until(context, id, ({ state }) => isFinal(state) || state === 'awaiting-approval' || state === 'awaiting-confirmation');
}

function shown(operation: OperationView): CommandAnswer {
  return { data: operation, text: operationText(operation), exitCode: operation.state === 'failed' ? 1 : 0 };
}

/** The hop may be left out where the flow has one only. */
async function placeOf(context: CommandContext, { options }: CliArguments): Promise<{ flowId: string; hopId: string }> {
  const flowId = required(options, 'flow');
  const { hopId } = await readLeverFrame(context, { flowId, ...(options.hop === undefined ? {} : { hopId: options.hop }) });
  return { flowId, hopId };
}

async function holdPlace({ db }: CommandContext, { options }: CliArguments): Promise<{ flowId: string; hopId: string; holdId: string }> {
  const { id: holdId, flowId, hopId } = await loadHold(db, required(options, 'hold'));
  return { holdId, flowId, hopId };
}

function rampOf({ options, flags }: CliArguments): { ramp?: Extract<Request, { kind: 'release' }>['ramp'] } {
  const { stage, 'quiet-seconds': quietSeconds, tolerate } = options;
  if (!flags.has('ramp')) {
    if (stage !== undefined || quietSeconds !== undefined || tolerate !== undefined) throw new UsageError('--stage, --quiet-seconds and --tolerate belong to --ramp.');
    return {};
  }
  return { ramp: { ...(stage === undefined ? {} : { stage }), ...(quietSeconds === undefined ? {} : { quietSeconds: Number(quietSeconds) }), ...(tolerate === undefined ? {} : { tolerate: Number(tolerate) }) } };
}

/** All holds that the same operation made and that are still there, the last one first. */
async function holdPlaces(context: CommandContext, { options }: CliArguments): Promise<{ flowId: string; hopId: string; holdId: string; further?: string[] }> {
  const { openedBy, flowId } = await loadHold(context.db, required(options, 'hold'));
  const { items } = await listHolds(context, { flowId });
  const [first, ...rest] = items.filter((hold) => hold.openedBy === openedBy && !isOver(hold.state)).toSorted((a, b) => Date.parse(b.requestedAt) - Date.parse(a.requestedAt));
  if (first === undefined) throw new UsageError('Nothing that the operation of this hold made is held any more.');
  return { holdId: first.id, flowId, hopId: first.hopId, ...(rest.length === 0 ? {} : { further: rest.map(({ id }) => id) }) };
}

/** `--review-by` is an instant; an hour from now where it is left out. */
function reviewOf(context: CommandContext, { options }: CliArguments): string {
  return options['review-by'] ?? new Date(context.now().getTime() + DEFAULT_REVIEW_MS).toISOString();
}

function selectionOf(context: CommandContext, { options, flags }: CliArguments): Extract<Request, { kind: 'replay' }>['selection'] {
  const itemKeys = listOf(options.items);
  if (itemKeys !== null) return { by: 'items', itemKeys };
  // Made absolute here, before anybody looks at the plan.
  const failedUntil = options.until ?? context.now().toISOString();
  const failedFrom = options.from ?? new Date(Date.parse(failedUntil) - DEFAULT_WINDOW_MS).toISOString();
  if (flags.has('all')) return { by: 'all', failedFrom, failedUntil };
  const { 'reason-code': reason, payer, facility } = options;
  if (reason === undefined && payer === undefined && facility === undefined) throw new UsageError('Say which failed messages: --reason-code, --payer, --facility, --items, or --all.');
  return { by: 'filter', failedFrom, failedUntil, filter: { reason, payer, facility } };
}
