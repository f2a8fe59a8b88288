/** A reroute over a hold by the row gate: who is eligible leaves from under the closed gate, everybody else stays behind it. */
import { z } from 'zod';
import { isInPartition } from '@/server/domain/contracts/channel';
import type { PlanLock } from '@/server/domain/operations/plan';
import type { HoldInPlace } from '../../runtime/operations/levers';
import type { GateFacts, LeverSession } from '../lever-dialect';
import { gateLocks } from './gate-locks';
import type { LeverTable } from './lever-table';
import { gateHolds } from './row-gate';

/** The gate that a reroute lies over, as its action keeps it. */
export const overGate = z.object({ hold: z.string(), share: z.string() });
export type OverGate = z.infer<typeof overGate>;

const gateAction = z.object({ lever: z.literal('row-gate'), share: z.string() });

/** @returns null: it lies over nothing that this connector holds by a gate */
export function gateUnder(over: HoldInPlace | null | undefined): OverGate | null {
  const action = gateAction.safeParse(over?.action);
  return over?.method === 'row-gate' && action.success ? { hold: over.id, share: action.data.share } : null;
}

/**
 * Whether rows that get the destination of the alternate pass, and the others do not.
 *
 * @param user the levers user
 */
export function overGateLocks(gate: GateFacts, table: LeverTable, over: OverGate, { column, value }: { column: string; value: string }, user: string): PlanLock[] {
  const { name, share } = table;
  const another = 'Release this hold, pause the flow by its row gate again, and reroute then.';
  if (over.share !== share) return [{ code: 'gate-other-share', sentence: `The hold keeps ${over.share === '' ? `all rows of ${name}` : `rows of ${name} with ${over.share}`}, and the contract says that the flow takes ${share === '' ? 'all of them' : `those with ${share}`}. ${another}` }];
  if (isInPartition(share, column, value)) {
    const covers = share === '' ? `the whole table` : `all rows with ${share}`;
    return [{ code: 'gate-whole-table', sentence: `The gate of ${name} holds ${covers}, also those with ${column} ${value}: nobody would take them there. Let the contract say which rows the flow takes (channel.where with its own values of ${column}), let the database administrator run the script under the native commands of the pause, which makes a gate for that share alone, and then: ${another.toLowerCase()}` }];
  }
  const locks = gateLocks(gate, table, user);
  if (gate.row?.closed !== true || gate.row.hold !== over.hold) locks.push({ code: 'gate-not-ours', sentence: `The gate of ${name} is not closed by this hold any more. Look at the hold, and pause again if it is needed.` });
  for (const { share: other } of gate.otherClosed.filter((closed) => isInPartition(closed.share, column, value))) {
    locks.push({ code: 'gate-holds-alternate', sentence: `${other === '' ? `The gate of the whole table ${name}` : `The gate of ${name} for ${other}`} is closed too, so nobody would take rows with ${column} ${value}. Open that gate first: release its hold, or open it by hand where no hold has closed it.` });
  }
  return locks;
}

/** Whether rows that come now are held by the gate that the reroute lies over, and so go nowhere by themselves. */
export async function isHeldUnder(session: LeverSession, { question }: LeverTable, over: OverGate | null): Promise<boolean> {
  return over !== null && gateHolds(await session.gate(question, over.share));
}
