import { z } from 'zod';
import { audited } from '../audit/audited';
import { readOperation } from '../operations/read-operation';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import { admitCode, forgetWrongCodes } from './code-throttle';
import { requireDecidable, waitingRequest } from './device-rows';
import type { DeviceAct, DeviceRequestView } from './device-view';

export const lookUpInput = z.strictObject({ userCode: z.string().max(40) });

/**
 * What a terminal asks for, by the code that it shows; only for who could decide it. Wrong codes are counted and recorded.
 *
 * @throws Refusal not-found; invalid for the requester and outside of the scope; conflict; too-many-requests
 */
export async function lookUpRequest(context: ServiceContext, input: z.input<typeof lookUpInput>): Promise<DeviceRequestView> {
  const { userCode } = lookUpInput.parse(input);
  const { actor } = context;
  const row = await audited(context, { action: 'device.look-up', subject: 'device' }, async (tx, record) => {
    authorize(context, 'terminals:answer', 'The code');
    if (actor.kind !== 'user') throw new Refusal('invalid', 'Only a signed-in person can decide about an operation; a token or a command line cannot.');
    await admitCode(context.db, actor.id, context.now());
    const found = await waitingRequest(tx, userCode, context.now());
    record({ subject: `operation:${found.operationId}` });
    await requireDecidable(context, tx, found);
    await forgetWrongCodes(tx, actor.id);
    record('nothing-changed');
    return found;
  });
  return {
    id: row.id, act: row.act as DeviceAct, planHash: row.planHash, words: row.words, ticket: row.ticket, requestedBy: row.requestedBy, requestedFrom: row.requestedFrom,
    requestedAt: row.requestedAt.toISOString(), expiresAt: row.expiresAt.toISOString(), operation: await readOperation(context, { id: row.operationId }),
  };
}
