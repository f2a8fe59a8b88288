/** What the suite of operations tests about holds that lie on one channel; a file of its own, so that both share databases. */
import { beforeAll, describe, expect, it } from 'vitest';
import { operationPlan } from '@/server/domain/operations/plan';
import { operationRequest } from '@/server/domain/operations/request';
import type { Actor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { plantContracts } from '../../testing/planted';
import { approveOperation } from '../approve-operation';
import { confirmOperation } from '../confirm-operation';
import { beginOperation } from '../engine/run-operation';
import { loadOperation } from '../operation-rows';
import { requestOperation } from '../request-operation';
import { leverFlow, pauseRequest, person, planIt } from './planned-operations';

const FLOW = leverFlow('layered', { reroute: { allowed: true, alternates: [{ id: 'second', name: 'Second payer gate', channel: { source: 'broker', kind: 'queue', name: 'second' } }] } });

export function layersOnChannel(stores: () => TestStores, as: (actor: Actor) => ServiceContext, at: () => Date): void {
  const engineer = person('layering', ['engineer']);
  const approver = person('agreeing', ['approver']);
  const reason = 'The primary is down';

  /** Up to where a collector would act. */
  async function begun(request: Parameters<typeof requestOperation>[1]): Promise<void> {
    const { db } = stores();
    const { id } = await requestOperation(as(engineer), request);
    const planHash = await planIt(db, id, at(), { flow: FLOW });
    const { state } = await confirmOperation(as(engineer), { id, planHash, reason });
    if (state === 'awaiting-approval') await approveOperation(as(approver), { id, planHash });
    const row = await loadOperation(db, id);
    await beginOperation(db, row, operationPlan.parse(row.plan), operationRequest.parse(row.request), at());
    await db.delete(schema.channelLocks);
  }

  describe('several holds on a channel', () => {
    const pause = () => pauseRequest(at(), { flowId: 'layered' });
    const reroute = () => {
      const { method: _, ...where } = pause();
      return { ...where, kind: 'reroute' as const, alternate: 'second' };
    };

    beforeAll(() => plantContracts(stores().db, [FLOW]));

    it('are one pause and one reroute over it, and never two of a kind', async () => {
      await begun(pause());
      await begun(reroute());
      const inPlace = await stores().db.select().from(schema.holds).orderBy(schema.holds.kind);
      expect(inPlace.map(({ kind, channelId, state }) => [kind, channelId, state])).toEqual([['pause', 'broker:queue:/:layered.work', 'requested'], ['reroute', 'broker:queue:/:layered.work', 'requested']]);
      await expect(begun(reroute())).rejects.toThrow(/is already rerouted: a reroute by layering@hospital.example/);
      await expect(begun(pause())).rejects.toThrow(/is already held: a pause by layering@hospital.example/);
    });
  });
}
