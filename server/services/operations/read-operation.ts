import { z } from 'zod';
import { locksOf, operationPlan } from '@/server/domain/operations/plan';
import { operationRequest } from '@/server/domain/operations/request';
import { partIn, type PeopleSoFar } from '@/server/domain/operations/two-people';
import type { OperationKind } from '@/server/domain/operations/kinds';
import { isFinal, type OperationState } from '@/server/domain/operations/operation-states';
import { roleAllows, ROLES } from '@/server/domain/roles/permissions';
import { authorize, type ServiceContext } from '../service-context';
import { actsOf } from './operation-acts';
import { loadOperation, loadSteps } from './operation-rows';
import { coversPlan } from './operation-scope';
import type { OperationProgress, OperationView } from './operation-view';
import { countItems, flowNames, stepView, summaryOf, undecidedOf } from './view-of-operation';

export const readOperationInput = z.strictObject({ id: z.uuid() });

const MOST_EVENTS = 500;
const MOST_APPROVERS = 10;

/**
 * One operation with its plan and timeline. The plan is left out for somebody whose scope does not cover what it touches.
 *
 * @throws Refusal not-found
 */
export async function readOperation(context: ServiceContext, input: z.input<typeof readOperationInput>): Promise<OperationView> {
  const { id } = readOperationInput.parse(input);
  const scopes = authorize(context, 'operations:read', `Operation ${id}`);
  const { db } = context;
  const row = await loadOperation(db, id);
  const now = context.now();
  const parsed = row.plan === null ? null : operationPlan.parse(row.plan);
  const plan = parsed !== null && coversPlan(scopes, parsed, row.kind as OperationKind) ? parsed : null;
  const events = await db.query.operationEvents.findMany({ where: (event, { eq }) => eq(event.operationId, id), orderBy: (event, { asc }) => [asc(event.at), asc(event.id)], limit: MOST_EVENTS });
  return {
    ...summaryOf(row, (await countItems(db, [id])).get(id) ?? {}, await flowNames(db), await undecidedOf(db, [id])),
    request: operationRequest.parse(row.request), steps: (await loadSteps(db, id)).map((step) => stepView(step, isFinal(row.state as OperationState))), plan, planHash: row.planHash, plannedAt: row.plannedAt?.toISOString() ?? null, locks: plan === null ? [] : locksOf(plan),
    reason: row.reason, ticket: row.ticket, confirmedAt: row.confirmedAt?.toISOString() ?? null, firstBy: row.firstBy, approvedAt: row.approvedAt?.toISOString() ?? null,
    approvalExpiresAt: row.approvalExpiresAt?.toISOString() ?? null, reviewedBy: row.reviewedBy, reviewedAt: row.reviewedAt?.toISOString() ?? null,
    stopRequestedBy: row.stopRequestedBy, stopRequestedAt: row.stopRequestedAt?.toISOString() ?? null, startedAt: row.startedAt?.toISOString() ?? null,
    progress: row.progress as OperationProgress,
    may: actsOf(row, context.actor, now),
    approvers: await approversOf(context, row),
    events: events.map((event) => ({ id: event.id, at: event.at.toISOString(), by: event.by, kind: event.kind, sentence: event.sentence })),
    asOf: now.toISOString(),
  };
}

/** People who could agree, by name. */
async function approversOf({ db }: ServiceContext, row: PeopleSoFar): Promise<string[]> {
  const roles = ROLES.filter((role) => roleAllows(role, 'operations:approve'));
  const grants = await db.query.roleGrants.findMany({ columns: { userId: true }, where: (grant, { inArray }) => inArray(grant.role, roles) });
  const ids = [...new Set(grants.map(({ userId }) => userId))];
  if (ids.length === 0) return [];
  const people = await db.query.users.findMany({
    columns: { id: true, email: true, name: true }, orderBy: (user, { asc }) => [asc(user.name)], where: (user, { and, inArray, isNull }) => and(inArray(user.id, ids), isNull(user.disabledAt)),
  });
  return people.filter(({ id, email }) => partIn(row, { kind: 'user', id, email }) === null).slice(0, MOST_APPROVERS).map(({ name }) => name);
}
