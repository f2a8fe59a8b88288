import { judgeGate } from '@/server/domain/operations/gate-verdict';
import { ClickHouseFailure } from '@/server/store/clickhouse/client';
import type { HoldInPlace, HoldObservation, LeverTarget } from '../runtime/operations/levers';
import { gateEvidence, lookAtGate } from './gate-evidence';
import type { GateContext } from './levers';

/** Measures a hold by the gate, or a reroute by it. */
export async function observeGate(target: LeverTarget, hold: HoldInPlace, context: GateContext): Promise<HoldObservation> {
  const nothing = { figures: {}, outsideActs: [] };
  try {
    const look = await lookAtGate(target, context);
    const { gate } = look;
    if (gate === null) return { ...nothing, state: 'dropped', sentence: `No contract in force has the flow ${target.flow.metadata.id}: its gate answers 404, and clients do as for no answer.` };
    const own = gate.holds.find(({ id }) => id === hold.id);
    if (!own) return { ...nothing, state: 'dropped', sentence: 'The gate does not follow this hold any more.' };
    // The gate is open then: that clients know and nothing passes would not be a hold.
    if (own.state === 'releasing') return { ...nothing, state: 'unreachable', sentence: 'Being released.' };
    const verdict = judgeGate(await gateEvidence(target, { ...look, gate }, hold.requestedAt, context));
    if (own.kind === 'pause') return { ...verdict, outsideActs: [] };
    // Of a reroute, what is still received from the hop goes to the usual target.
    const leads = verdict.state === 'held' || verdict.state === 'draining';
    return { ...verdict, state: leads ? 'active' : verdict.state, outsideActs: [] };
  } catch (error) {
    if (!(error instanceof ClickHouseFailure)) throw error;
    return { ...nothing, state: 'unreachable', sentence: `What passes is not known: ${error.message}.` };
  }
}
