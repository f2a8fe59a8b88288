import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { slug } from '@/server/domain/contracts/scalars';
import { editablePlaces } from '@/server/domain/operations/edit';
import { enrolmentWords } from '@/server/domain/operations/enrolment';
import { leversOf } from '@/server/domain/operations/lever-availability';
import { maxHoldMs, maxRerouteMs } from '@/server/domain/operations/hold-length';
import { outcomeStages } from '@/server/domain/operations/outcome';
import { actorInWords, may, scopesFor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { rememberedContracts } from '../contracts/remembered-contracts';
import { authorize, type ServiceContext } from '../service-context';
import { flowTarget, type FlowTarget } from './flow-target';
import { holdsOnChannels } from './holds-on-channel';
import { readLeverSwitch } from './lever-switch';
import type { LeverFrame } from './operation-view';
import { flowNames, holdView } from './view-of-operation';

export const leverFrameInput = z.strictObject({ flowId: slug, hopId: slug.optional() });

/**
 * The levers of one hop, each available or with what locks it. What only a look at the source can tell stands as a lock in
 * the plan.
 *
 * @throws Refusal not-found
 */
export async function readLeverFrame(context: ServiceContext, input: z.input<typeof leverFrameInput>): Promise<LeverFrame> {
  const { flowId, hopId } = leverFrameInput.parse(input);
  authorize(context, 'flows:read', `Flow "${flowId}"`);
  const { db, actor } = context;
  const { set } = await rememberedContracts(db);
  const first = set.flows.find(({ metadata }) => metadata.id === flowId)?.spec.path[0]?.id ?? '';
  const target = await flowTarget(db, flowId, hopId ?? first);
  const { channelLocks, operations } = schema;
  const now = context.now();
  const [disabled, hasCredentials, held, [acting], nameOf] = await Promise.all([
    readLeverSwitch(db), hasLeverCredentials(context, target),
    holdsOnChannels(db, [target.channelId]),
    db.select({ kind: operations.kind, requestedBy: operations.requestedBy, state: operations.state }).from(channelLocks).innerJoin(operations, eq(operations.id, channelLocks.operationId)).where(eq(channelLocks.channelId, target.channelId)),
    flowNames(db),
  ]);
  const views = held.map((row) => holdView(row, actor, now, nameOf));
  return {
    flowId, hopId: target.hop.id, channelId: target.channelId,
    levers: leversOf({
      flow: target.flow, channel: target.channel, sourceId: target.sourceId, hasCredentials, disabled: disabled !== null,
      may: { plan: may(actor, 'operations:plan') && may(actor, 'operations:run'), wholeFlow: scopesFor(actor, 'operations:plan').some(({ facilities, payers }) => facilities === null && payers === null) },
      holds: { pause: views.find(({ kind }) => kind === 'pause') ?? null, reroute: views.find(({ kind }) => kind === 'reroute') ?? null }, acting: acting ? `a ${acting.kind} by ${actorInWords(acting.requestedBy)} is ${acting.state}` : null,
    }),
    holds: views,
    alternates: (target.flow.spec.reroute?.alternates ?? []).map((alternate) => ({
      id: alternate.id, name: alternate.name ?? alternate.id, enrolledFrom: alternate.enrolled?.from ?? null, enrolledUntil: alternate.enrolled?.until ?? null, enrolments: enrolmentWords(alternate, now),
    })),
    editable: target.channel.kind === 'queue' ? [...editablePlaces(target.flow)] : [],
    stages: outcomeStages(target.flow).map(({ name, withinMs }) => ({ name, withinMs })),
    maxHoldMs: maxHoldMs(target.flow), maxRerouteMs: maxRerouteMs(target.flow), leversDisabled: disabled, asOf: now.toISOString(),
  };
}

/** A route needs none: its clients ask us. */
async function hasLeverCredentials({ db }: ServiceContext, { sourceId, sourceKind }: FlowTarget): Promise<boolean> {
  if (sourceKind === 'http') return true;
  const { set } = await rememberedContracts(db);
  const declared = set.sources.find(({ id }) => id === sourceId);
  if (declared && declared.kind !== 'http' && declared.connect) return declared.connect.levers !== undefined;
  const stored = await db.query.sourceConnections.findFirst({ columns: { leverSecret: true, enabled: true }, where: (row, { eq: is }) => is(row.sourceId, sourceId) });
  return stored !== undefined && stored.enabled && stored.leverSecret !== null;
}
