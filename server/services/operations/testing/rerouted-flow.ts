/** A flow that was rerouted, with copies of what its alternate received. */
import { eq } from 'drizzle-orm';
import { uuidv7 } from '@/server/domain/ids';
import type { ItemState } from '@/server/domain/operations/item-states';
import type { Enrolled } from '@/server/domain/operations/enrolment';
import type { Actor } from '@/server/domain/roles/actor';
import type { Scope } from '@/server/domain/roles/scope';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { plantContracts } from '../../testing/planted';
import { loadOperation } from '../operation-rows';
import { requestOperation } from '../request-operation';
import { item, leverFlow, person, planIt } from './planned-operations';

const MINUTE = 60_000;

export interface Copy { key: string; minutesAgo: number; messageId?: string; caseToken?: string; payer?: string; facility?: string; amount?: string | null; currency?: string; flowId?: string; channelId?: string }

interface Told {
  only?: Enrolled; enrolled?: Enrolled[] | null; until?: number; figures?: Record<string, string>; outsideActs?: string[];
  /** It lies over a pause that began so many minutes ago. */
  over?: number;
  /** The plan does not name that pause, as plans did once. */
  isNotNamed?: boolean;
  /** Its journal. */
  items?: readonly JournalItem[];
  /** Of the operation, where it has not ended well. */
  state?: 'running' | 'aborted';
  method?: 'bindings' | 'destination';
}

/** `went`: the broker has taken it. The message's id is that of the copy with this key; `#2` at its end: another message with the same id. */
export interface JournalItem { key: string; went?: boolean; state?: ItemState; payer?: string; facility?: string }

/** @param spec of the contract, besides the alternate "second" */
export function reroutedFlow(id: string, spec: object, { stores, as, at }: { stores: () => TestStores; as: (actor: Actor) => ServiceContext; at: () => Date }) {
  const channelId = `broker:queue:/:${id}.work`;
  const flow = leverFlow(id, { reroute: { allowed: true, alternates: [{ id: 'second', name: 'Second payer gate', channel: { source: 'broker', kind: 'queue', name: 'second' } }] }, ...spec });
  const engineer = person(`receiver-${id}`, ['engineer']);
  let base = new Date(0);
  const minutesAgo = (minutes: number) => new Date(base.getTime() - minutes * MINUTE);
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

    plantCopies: (copies: readonly Copy[]) => stores().clickhouse.insertRows('tap_messages', copies.map(({ key, minutesAgo: seen, ...told }) => ({
      SourceId: 'broker', ChannelId: told.channelId ?? channelId, FlowId: told.flowId ?? id, CopyKey: key, MessageId: told.messageId ?? `m-${key}`, CaseToken: told.caseToken ?? '', CaseLabel: told.caseToken === undefined ? '' : `CLM…${told.caseToken}`,
      PayerId: told.payer ?? 'aetna', FacilityId: told.facility ?? 'north', Amount: told.amount ?? null, Currency: told.currency ?? (told.amount == null ? '' : 'USD'),
      SeenAt: minutesAgo(seen).toISOString().replace('T', ' ').replace('Z', ''),
    }))),

    /** In place since an hour. @param told.until minutes ago; absent: still @returns the hold */
    rerouted: async (told: Told = {}): Promise<string> => {
      const { db } = stores();
      const { id: operationId } = await requestOperation(as(engineer), {
        kind: 'reroute', id: uuidv7(), flowId: id, hopId: 'outbox', alternate: 'second', reviewBy: new Date(at().getTime() + 60 * MINUTE).toISOString(), ...(told.only === undefined ? {} : { only: told.only }),
      });
      await planIt(db, operationId, at(), { flow });
      const { plan } = await loadOperation(db, operationId);
      const [holdId, pauseId] = [uuidv7(), uuidv7()];
      const over = told.over === undefined || told.isNotNamed ? null : { holdId: pauseId, method: 'park' };
      await db.update(schema.operations).set({ state: told.state ?? 'done', startedAt: minutesAgo(60), plan: { ...(plan as object), enrolled: told.enrolled ?? null, over } }).where(eq(schema.operations.id, operationId));
      const overAt = told.until === undefined ? null : minutesAgo(told.until);
      const common = { flowId: id, hopId: 'outbox', sourceId: 'broker', channelId, observation: '', openedBy: operationId, owner: 'system:test', reviewBy: new Date(at().getTime() + 60 * MINUTE) };
      await db.insert(schema.holds).values({
        ...common, id: holdId, kind: 'reroute', method: told.method ?? 'bindings', state: overAt === null ? 'active' : 'restored', figures: told.figures ?? {}, outsideActs: told.outsideActs ?? [],
        requestedAt: at(), overAt, closedBy: told.state === 'aborted' ? operationId : null,
      });
      if (told.over !== undefined) await db.insert(schema.holds).values({ ...common, id: pauseId, kind: 'pause', method: 'park', state: overAt === null ? 'held' : 'released', requestedAt: minutesAgo(told.over), overAt: overAt === null ? null : at() });
      if (told.items !== undefined) {
        await db.insert(schema.operationItems).values(told.items.map(({ key, went = true, state, payer = 'aetna', facility = 'north' }, index) => ({
          ...item(key, { payerId: payer, facilityId: facility }), operationId, position: index + 1, messageId: `m-${key.split('#')[0]}`, state: state ?? (went ? 'sent' : 'pending'), sentAt: went ? minutesAgo(45) : null,
        })));
      }
      return holdId;
    },
  };
}
