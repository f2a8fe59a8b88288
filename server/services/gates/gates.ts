/** The gates of all flows as they stand: contracts in force and the holds that a cooperative client keeps to. */
import { sql } from 'drizzle-orm';
import { gateAnswer, gateEtag, gateTerms, type GateAnswer, type GateHold, type GateTerms } from '@/server/domain/operations/gate';
import { HOLD_OVER, type HoldKind, type HoldState } from '@/server/domain/operations/hold-states';
import type { Database } from '@/server/store/postgres';
import { rememberedContracts } from '../contracts/remembered-contracts';

export interface Gate {
  answer: GateAnswer;
  /** Strong, with its quotes. */
  etag: string;
  terms: GateTerms;
  /** The holds behind the answer. */
  holds: readonly GateHold[];
}

/** By flow id; flows without a contract in force, and retired ones, have no gate. */
export type Gates = ReadonlyMap<string, Gate>;

/** Three small queries, whatever the number of flows and clients. */
export async function readGates(db: Database): Promise<Gates> {
  const [{ set }, holds] = await Promise.all([rememberedContracts(db), readGateHolds(db)]);
  const flows = set.flows.filter(({ metadata }) => metadata.lifecycle !== 'retired');
  return new Map(flows.map((flow) => {
    const own = holds.filter(({ flowId }) => flowId === flow.metadata.id);
    const answer = gateAnswer(flow, own);
    return [flow.metadata.id, { answer, etag: gateEtag(answer), terms: gateTerms(flow), holds: own }];
  }));
}

type HoldRow = { id: string; flow_id: string; kind: string; state: string; requested_ms: string; alternate: string | null; per_second: string | null };

/** Holds that are not over, with the alternate that was asked for and the rate of the release that is under way. */
async function readGateHolds(db: Database): Promise<GateHold[]> {
  const { rows } = await db.execute<HoldRow>(sql`
    select h.id, h.flow_id, h.kind, h.state, (extract(epoch from h.requested_at) * 1000)::bigint::text as requested_ms,
      opened.request->>'alternate' as alternate,
      (select min((released.request->>'perSecond')::int)::text from operations released
        where (released.hold_id = h.id or exists (select 1 from operation_steps step where step.operation_id = released.id and step.hold_id = h.id))
          and released.kind = 'release' and released.state in ('running', 'verifying')) as per_second
    from holds h join operations opened on opened.id = h.opened_by
    where h.method = 'cooperative' and h.state not in (${sql.join(HOLD_OVER.map((state) => sql`${state}`), sql`, `)})`);
  return rows.map((row) => ({
    id: row.id, flowId: row.flow_id, kind: row.kind as HoldKind, state: row.state as HoldState, requestedAt: new Date(Number(row.requested_ms)),
    alternate: row.alternate, perSecond: row.per_second === null ? null : Number(row.per_second),
  }));
}
