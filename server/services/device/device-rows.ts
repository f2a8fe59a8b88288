import { and, eq } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { readUserCode } from '@/server/domain/device/user-code';
import { operationPlan } from '@/server/domain/operations/plan';
import { schema, type Database } from '@/server/store/postgres';
import { refuseOwn } from '../operations/approve-operation';
import { loadOperation, nowOtherwise, type OperationRow } from '../operations/operation-rows';
import { requireScopeOf } from '../operations/operation-scope';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import type { DeviceAct } from './device-view';

export type DeviceRow = typeof schema.deviceRequests.$inferSelect;

export function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}

/** @throws Refusal not-found: the same for a wrong code and for one that is not good any more */
export async function waitingRequest(db: Pick<Database, 'select'>, typed: string, now: Date): Promise<DeviceRow> {
  const { deviceRequests: table } = schema;
  const code = readUserCode(typed);
  const [row] = code === null ? [] : await db.select().from(table).where(and(eq(table.userHash, hashCode(code)), eq(table.state, 'waiting')));
  if (!row || row.expiresAt <= now) throw new Refusal('not-found', 'No terminal waits with this code: it was mistyped, or its ten minutes are over. Compare it with the terminal, or ask for a new one there.');
  return row;
}

/** @throws Refusal conflict */
export function requireUndecided(row: OperationRow, act: DeviceAct): void {
  if (row.state !== (act === 'confirm' ? 'planned' : 'awaiting-approval')) throw nowOtherwise(row, { confirm: 'confirmed', approve: 'approved', reject: 'rejected' }[act]);
}

/** Whether the caller may decide what is asked for, by the rules of the decision itself. @throws Refusal not-found, invalid, conflict */
export async function requireDecidable(context: Pick<ServiceContext, 'actor'>, db: Pick<Database, 'query'>, { operationId, planHash, act }: DeviceRow): Promise<void> {
  const scopes = authorize(context, act === 'confirm' ? 'operations:run' : 'operations:approve', `Operation ${operationId}`);
  const row = await loadOperation(db, operationId);
  if (act !== 'confirm') refuseOwn(context, row);
  requireUndecided(row, act as DeviceAct);
  if (row.planHash !== planHash) throw new Refusal('conflict', 'The operation has another plan by now than the one that the terminal asks for. Ask for a new code there.');
  requireScopeOf(scopes, operationPlan.parse(row.plan), row.kind as never, row.flowId);
}
