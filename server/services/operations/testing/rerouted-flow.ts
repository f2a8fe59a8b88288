/** A flow that was rerouted, with copies of what its alternate received. */
import { eq } from 'drizzle-orm';
import { uuidv7 } from '@/server/domain/ids';
import type { Enrolled } from '@/server/domain/operations/enrolment';
import type { Actor } from '@/server/domain/roles/actor';
import type { Scope } from '@/server/domain/roles/scope';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { plantContracts } from '../../testing/planted';
import { loadOperation } from '../operation-rows';
import { requestOperation } from '../request-operation';
import { leverFlow, person, planIt } from './planned-operations';

const MINUTE = 60_000;

export interface Copy { key: string; minutesAgo: number; messageId?: string; caseToken?: string; payer?: string; facility?: string; amount?: string | null; currency?: string; flowId?: string; channelId?: string }

interface Told { only?: Enrolled; enrolled?: Enrolled[] | null; until?: number; figures?: Record<string, string>; outsideActs?: string[] }

/** @param spec of the contract, besides the alternate "second" */
export function reroutedFlow(id: string, spec: object, { stores, as, at }: { stores: () => TestStores; as: (actor: Actor) => ServiceContext; at: () => Date }) {
  const channelId = `broker:queue:/:${id}.work`;
  const flow = leverFlow(id, { reroute: { allowed: true, alternates: [{ id: 'second', name: 'Second payer gate', channel: { source: 'broker', kind: 'queue', name: 'second' } }] }, ...spec });
  const engineer = person(`receiver-${id}`, ['engineer']);
  let base = new Date(0);
  return {
    channelId, engineer,
    /** All is told by minutes before this. */
    base: () => base,
    within: (...scopes: Scope[]): ServiceContext => as({ ...engineer, grants: scopes.map((scope) => ({ role: 'engineer', scope })) }),

    plant: async (): Promise<void> => {
      base = new Date();
      await stores().db.insert(schema.users).values({ id: engineer.id, email: engineer.email, name: engineer.name });
      await plantContracts(stores().db, [flow]);
    },

    plantCopies: (copies: readonly Copy[]) => stores().clickhouse.insertRows('tap_messages', copies.map(({ key, minutesAgo, ...told }) => ({
      SourceId: 'broker', ChannelId: told.channelId ?? channelId, FlowId: told.flowId ?? id, CopyKey: key, MessageId: told.messageId ?? `m-${key}`, CaseToken: told.caseToken ?? '', CaseLabel: told.caseToken === undefined ? '' : `CLM…${told.caseToken}`,
      PayerId: told.payer ?? 'aetna', FacilityId: told.facility ?? 'north', Amount: told.amount ?? null, Currency: told.currency ?? (told.amount == null ? '' : 'USD'),
      SeenAt: new Date(base.getTime() - minutesAgo * MINUTE).toISOString().replace('T', ' ').replace('Z', ''),
    }))),

    /** In place since an hour. @param told.until minutes ago; absent: still @returns the hold */
    rerouted: async (told: Told = {}): Promise<string> => {
      const { db } = stores();
      const { id: operationId } = await requestOperation(as(engineer), {
        kind: 'reroute', id: uuidv7(), flowId: id, hopId: 'outbox', alternate: 'second', reviewBy: new Date(at().getTime() + 60 * MINUTE).toISOString(), ...(told.only === undefined ? {} : { only: told.only }),
      });
      await planIt(db, operationId, at(), { flow });
      const { plan } = await loadOperation(db, operationId);
      await db.update(schema.operations).set({ startedAt: new Date(base.getTime() - 60 * MINUTE), plan: { ...(plan as object), enrolled: told.enrolled ?? null } }).where(eq(schema.operations.id, operationId));
      const holdId = uuidv7();
      await db.insert(schema.holds).values({
        id: holdId, kind: 'reroute', flowId: id, hopId: 'outbox', sourceId: 'broker', channelId, method: 'bindings', state: told.until === undefined ? 'active' : 'restored', observation: '',
        figures: told.figures ?? {}, outsideActs: told.outsideActs ?? [], openedBy: operationId, owner: 'system:test', reviewBy: new Date(at().getTime() + 60 * MINUTE), requestedAt: at(),
        overAt: told.until === undefined ? null : new Date(base.getTime() - told.until * MINUTE),
      });
      return holdId;
    },
  };
}
