import { editProblem, type EditChange } from '@/server/domain/operations/edit';
import type { EditVault } from '@/server/domain/operations/edit-vault';
import type { OperationRequest, RequestOf } from '@/server/domain/operations/request';
import { invalidField, Refusal } from '../refusal';
import type { FlowTarget } from './flow-target';

/**
 * The request as it is stored, with digests in the place of values that somebody writes into a message, and the sealed
 * values; null where it writes none.
 *
 * @throws Refusal invalid that names the field, unavailable where nothing can be sealed
 */
export function sealEdit(request: OperationRequest, vault: (() => EditVault) | undefined): { request: OperationRequest; sealed: string | null } {
  if (request.kind !== 'replay' || request.edit === undefined) return { request, sealed: null };
  if (vault === undefined) throw new Refusal('unavailable', 'A message cannot be changed by this way of asking: nothing can be sealed here.');
  const opened = vault();
  const changes = request.edit.map(({ at, to, digest: given }, index): EditChange => {
    if (to === undefined || given !== undefined) throw invalidField(`edit.${index}.to`, 'must be the new value');
    return { at, to };
  });
  return { request: { ...request, edit: changes.map((change) => ({ at: change.at, digest: opened.digest(request.id, change) })) }, sealed: opened.seal(request.id, changes) };
}

/** @throws Refusal invalid that names the field */
export function refuseForbiddenEdit(request: RequestOf<'replay'>, { flow, channel }: FlowTarget): void {
  const wrong = editProblem(request, flow, channel);
  if (wrong !== null) throw invalidField(wrong.field, wrong.problem);
}
