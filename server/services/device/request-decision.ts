import { and, eq, gt, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { userCodeFrom } from '@/server/domain/device/user-code';
import { uuidv7 } from '@/server/domain/ids';
import { operationPlan } from '@/server/domain/operations/plan';
import { actorLabel } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { audited } from '../audit/audited';
import type { Transaction } from '../contracts/console-state';
import { invalidField, Refusal } from '../refusal';
import { findOperation, loadOperation } from '../operations/operation-rows';
import { authorize, type ServiceContext } from '../service-context';
import { hashCode, requireUndecided } from './device-rows';
import { DEVICE_ACTS, type DeviceCodes } from './device-view';

const about = { id: z.uuid(), planHash: z.string(), from: z.string().min(1).max(200) };
const why = z.string().trim().min(3, { error: 'must say why, in words' }).max(500);

export const requestDecisionInput = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal(DEVICE_ACTS[0]), ...about, words: z.string().trim().max(500).optional() }),
  z.strictObject({ act: z.literal(DEVICE_ACTS[1]), ...about, words: why }),
  z.strictObject({ act: z.literal(DEVICE_ACTS[2]), ...about, words: why, ticket: z.string().trim().max(100).optional(), typed: z.string().max(200).optional() }),
]);

const VALID_MS = 10 * 60_000;
/** Within the time that a code is good: nobody is to be worn down by codes. */
const MOST_PER_OPERATION = 5;
const MOST_AT_ONCE = 50;

/**
 * Asks for a decision that a signed-in person gives in the browser. Nothing is decided by this, whoever asks.
 *
 * @throws Refusal not-found; invalid (typed word); conflict when the operation does not wait for that or has another plan; too-many-requests
 */
export async function requestDecision(context: ServiceContext, input: z.input<typeof requestDecisionInput>): Promise<DeviceCodes> {
  const wanted = requestDecisionInput.parse(input);
  const { act, id, planHash, from, words } = wanted;
  const deviceCode = randomBytes(32).toString('base64url');
  const userCode = userCodeFrom(randomBytes(128));
  const known = await findOperation(context.db, id);
  return audited(context, { action: 'device.request', subject: `operation:${id}`, flowId: known?.flowId ?? null }, async (tx, record) => {
    authorize(context, 'operations:read', `Operation ${id}`);
    record({ planHash });
    const row = await loadOperation(tx, id);
    requireUndecided(row, act);
    if (row.planHash !== planHash) throw new Refusal('conflict', 'The plan is another one than the one you read. Read it again, then ask for that one.');
    const typed = row.plan === null ? null : operationPlan.parse(row.plan).typedConfirmation;
    if (wanted.act === 'confirm' && typed !== null && wanted.typed !== typed) throw invalidField('typed', `must be "${typed}": this act is guarded`);
    const now = context.now();
    await refuseTooMany(tx, id, now);
    const expiresAt = new Date(now.getTime() + VALID_MS);
    const requestId = uuidv7(now.getTime());
    await tx.insert(schema.deviceRequests).values({
      id: requestId, deviceHash: hashCode(deviceCode), userHash: hashCode(userCode), act, operationId: id, planHash, words: words ?? null, ticket: wanted.act === 'confirm' ? wanted.ticket ?? null : null,
      requestedBy: actorLabel(context.actor), requestedFrom: from, requestedAt: now, expiresAt,
    });
    record({ after: { request: requestId, act, from, expiresAt: expiresAt.toISOString() } });
    return { deviceCode, userCode, expiresAt: expiresAt.toISOString() };
  });
}

async function refuseTooMany(tx: Transaction, operationId: string, now: Date): Promise<void> {
  const { deviceRequests: table } = schema;
  const since = gt(table.requestedAt, new Date(now.getTime() - VALID_MS));
  const [counts] = await tx.select({ all: sql<number>`count(*)::int`, ofIt: sql<number>`(count(*) filter (where ${eq(table.operationId, operationId)}))::int` }).from(table).where(and(since));
  if ((counts?.ofIt ?? 0) >= MOST_PER_OPERATION || (counts?.all ?? 0) >= MOST_AT_ONCE) throw new Refusal('too-many-requests', 'Too many codes were asked for within ten minutes. Use one that is there, or wait.');
}
