/** A dead letter that is changed before it is replayed: what the contract lets be changed, and what is refused. */
import { z } from 'zod';
import type { Channel } from '../contracts/channel';
import type { FlowContract } from '../contracts/flow-schema';
import type { OperationPlan } from './plan';
import type { RequestOf } from './request';

/** A new value in clear for one place of the message; the place is a selector of the contract's language, `body:` or `header:`. */
export const editChange = z.object({ at: z.string(), to: z.string() });
export type EditChange = z.infer<typeof editChange>;

/** Places that may be changed; empty: none. */
export function editablePlaces({ spec }: FlowContract): readonly string[] {
  return spec.replay?.edit?.allowed ?? [];
}

/** Why a replay with an edit cannot be asked for, with the field that is wrong; null: it can. Names places, never values. */
export function editProblem({ edit, selection, to }: RequestOf<'replay'>, flow: FlowContract, channel: Channel): { field: string; problem: string } | null {
  if (edit === undefined) return null;
  if (channel.kind !== 'queue') return { field: 'edit', problem: 'is possible for messages of queues only' };
  const allowed = editablePlaces(flow);
  if (allowed.length === 0) return { field: 'edit', problem: `is forbidden: the contract of ${flow.metadata.id} names nothing that may be changed (replay.edit)` };
  if (selection.by !== 'items' || selection.itemKeys.length !== 1) return { field: 'selection', problem: 'must be exactly one message when it is changed before it is sent' };
  if (to !== 'queue') return { field: 'to', problem: 'must be queue when a message is changed before it is sent: only so is the original kept in the same act' };
  const places = edit.map(({ at }) => at);
  const strange = places.findIndex((at) => !allowed.includes(at));
  if (strange !== -1) return { field: `edit.${strange}.at`, problem: `may not be changed by the contract of ${flow.metadata.id}; it allows ${allowed.join(', ')}` };
  if (new Set(places).size !== places.length) return { field: 'edit', problem: 'names a place twice' };
  return null;
}

/** A changed message may be somebody else's afterwards: it is asked for and agreed to by those whose role covers everybody. */
export function isEdit(plan: Pick<OperationPlan, 'request'>): boolean {
  const { request } = plan;
  return typeof request === 'object' && request !== null && !Array.isArray(request) && request['edit'] !== undefined;
}
