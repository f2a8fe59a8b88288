import { and, desc, eq, gte, notInArray, or } from 'drizzle-orm';
import { z } from 'zod';
import { slug } from '@/server/domain/contracts/scalars';
import { HOLD_OVER } from '@/server/domain/operations/hold-states';
import { schema } from '@/server/store/postgres';
import { authorize, type ServiceContext } from '../service-context';
import type { HoldView } from './operation-view';
import { flowNames, holdView } from './view-of-operation';

export const listHoldsInput = z.strictObject({ flowId: slug.optional() });

/** One that has just ended is still shown, so that nobody has to wonder where it went. */
const SHOWN_AFTER_END_MS = 60_000;
const MOST_HOLDS = 500;

/** Holds and reroutes that are in place, of one flow or of all, newest first. Everyone who may read flows sees them. */
export async function listHolds(context: ServiceContext, input: z.input<typeof listHoldsInput>): Promise<{ items: HoldView[]; asOf: string }> {
  authorize(context, 'flows:read', 'Holds');
  const { flowId } = listHoldsInput.parse(input);
  const { holds } = schema;
  const now = context.now();
  const rows = await context.db.select().from(holds).where(and(
    or(notInArray(holds.state, [...HOLD_OVER]), gte(holds.overAt, new Date(now.getTime() - SHOWN_AFTER_END_MS))), flowId === undefined ? undefined : eq(holds.flowId, flowId),
  )).orderBy(desc(holds.requestedAt)).limit(MOST_HOLDS);
  const nameOf = await flowNames(context.db);
  return { items: rows.map((row) => holdView(row, context.actor, now, nameOf)), asOf: now.toISOString() };
}
