import { z } from 'zod';
import { editChange, type EditChange } from '@/server/domain/operations/edit';
import type { EditVault } from '@/server/domain/operations/edit-vault';
import { actorLabel, may, scopesFor } from '@/server/domain/roles/actor';
import { audited } from '../audit/audited';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { loadOperation } from './operation-rows';
import { requireWholeFlow } from './operation-scope';

export const readEditInput = z.strictObject({ id: z.uuid() });
export const editValuesSchema = z.object({ changes: z.array(editChange) });

/**
 * The values that an operation writes into its message, in clear: for who asked and for who decides. Each look is audited.
 * Empty where it changes nothing, and as soon as it was sent or has ended.
 *
 * @throws Refusal not-found; invalid for anybody else; unavailable where the installation's secret is not known
 */
export async function readEdit(context: ServiceContext & { vault(): EditVault }, input: z.input<typeof readEditInput>): Promise<{ changes: EditChange[] }> {
  const { id } = readEditInput.parse(input);
  authorize(context, 'operations:read', `Operation ${id}`);
  const row = await loadOperation(context.db, id);
  return audited(context, { action: 'operation.read-edit', subject: `operation:${id}`, flowId: row.flowId }, async (tx, record) => {
    const kept = await tx.query.operationEdits.findFirst({ where: (edit, { eq }) => eq(edit.operationId, id) });
    if (!kept) {
      record('nothing-changed');
      return { changes: [] };
    }
    const { actor } = context;
    const decides = may(actor, 'operations:approve');
    if (row.requestedBy !== actorLabel(actor) && !decides) throw new Refusal('invalid', 'The values are shown to who asked for the operation, and to who may approve it.');
    requireWholeFlow(scopesFor(actor, decides ? 'operations:approve' : 'operations:plan'), 'replay', row.flowId);
    const changes = context.vault().open(id, kept.sealed);
    if (changes === null) throw new Refusal('unavailable', 'The values cannot be opened: SIGNALBOX_SECRET is not the one that they were sealed with.');
    record({ after: { places: changes.map(({ at }) => at) } });
    return { changes };
  });
}
