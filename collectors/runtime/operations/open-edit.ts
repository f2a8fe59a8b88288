import { editProblem, type EditChange } from '@/server/domain/operations/edit';
import type { RequestOf } from '@/server/domain/operations/request';
import type { Engine } from './engine';
import type { LeverTarget } from './levers';

/**
 * The values in clear that a replay writes into its message, if they are those that the request was planned and approved
 * with; null where it changes nothing.
 *
 * @throws Error with a sentence for people, which names no value
 */
export async function openEdit({ db, vault }: Pick<Engine, 'db' | 'vault'>, operationId: string, request: RequestOf<'replay'>, { flow, channel }: LeverTarget): Promise<readonly EditChange[] | null> {
  const { edit } = request;
  if (edit === undefined) return null;
  const wrong = editProblem(request, flow, channel);
  if (wrong !== null) throw new Error(`The change does not fit the contract in force: ${wrong.field} ${wrong.problem}.`);
  const kept = await db.query.operationEdits.findFirst({ where: (row, { eq }) => eq(row.operationId, operationId) });
  const changes = kept === undefined ? null : vault.open(operationId, kept.sealed);
  if (changes === null) throw new Error('The values to write into the message cannot be opened: they are gone, or the collectors have another SIGNALBOX_SECRET than the web. Nothing was sent; ask again.');
  const areThose = changes.length === edit.length && changes.every((change, index) => edit[index]?.at === change.at && edit[index].digest === vault.digest(operationId, change));
  if (!areThose) throw new Error('The stored values are not the ones that were planned. Nothing was sent; ask again, and tell your administrator.');
  return changes;
}
