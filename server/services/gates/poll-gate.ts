import { MAX_GATE_WAIT_MS, namesEtag, type GateAnswer } from '@/server/domain/operations/gate';
import { actorLabel } from '@/server/domain/roles/actor';
import { Refusal } from '../refusal';
import { authorize, type ServiceContext } from '../service-context';
import type { Gate, Gates } from './gates';
import { gateWatch } from './gate-watch';
import { recordPoll } from './record-polls';

export interface PolledGate {
  answer: GateAnswer & { asOf: string };
  /** Over everything but `asOf`. */
  etag: string;
  /** The client knows this answer already. */
  isKnown: boolean;
}

/**
 * What the gate of a flow answers one client, now or as soon as it is something else than the client knows. The answer is
 * recorded before it is given: it is the evidence by which a cooperative hold is verified.
 *
 * @param input.ifNoneMatch tags of answers that the client knows
 * @param input.waitMs how long to wait for a change when it knows the current one; at most `MAX_GATE_WAIT_MS`
 * @param input.instance tells clients apart that share one token
 * @throws Refusal not-found, unavailable
 */
export async function pollGate(
  context: ServiceContext,
  input: { flowId: string; ifNoneMatch?: string | undefined; waitMs: number; instance?: string | undefined },
): Promise<PolledGate> {
  authorize(context, 'flows:read', `The gate of flow "${input.flowId}"`);
  const { db } = context;
  const client = `${actorLabel(context.actor)}${input.instance === undefined ? '' : `/${input.instance}`}`;
  const record = (etag: string, times: 0 | 1) => readable(recordPoll(db, { flowId: input.flowId, client, etag, times, at: context.now() }), input.flowId);
  const answered = ({ answer, etag }: Gate, isKnown: boolean): PolledGate => ({ answer: { ...answer, asOf: context.now().toISOString() }, etag, isKnown });

  const watch = gateWatch(db);
  const gate = gateOf(await readable(watch.now(), input.flowId), input.flowId);
  const isKnown = namesEtag(input.ifNoneMatch, gate.etag);
  // A client that waits has said already that it knows this answer: that counts now, not at the end.
  await record(gate.etag, 1);
  if (!isKnown || input.waitMs === 0) return answered(gate, isKnown);

  const until = AbortSignal.any([AbortSignal.timeout(Math.min(input.waitMs, MAX_GATE_WAIT_MS)), ...(context.signal ? [context.signal] : [])]);
  const changed = await readable(watch.changed(input.flowId, gate.etag, until), input.flowId);
  if (context.signal?.aborted) return answered(gate, true);
  const last = changed === null ? gate : gateOf(changed, input.flowId);
  await record(last.etag, changed === null ? 0 : 1);
  return answered(last, changed === null);
}

function gateOf(gates: Gates, flowId: string): Gate {
  const gate = gates.get(flowId);
  if (!gate) throw new Refusal('not-found', `The gate of flow "${flowId}" was not found: no contract in force has this id.`);
  return gate;
}

/** A client must not take silence of ours for "nothing has changed". */
async function readable<T>(read: Promise<T>, flowId: string): Promise<T> {
  try {
    return await read;
  } catch (cause) {
    throw new Refusal('unavailable', `The gate of flow "${flowId}" could not be looked at. Keep to the last answer for as long as its maxStaleMs allows, then do as its onUnavailable says.`, { cause });
  }
}
