/** Contracts for tables of test databases. */
import { compileTapMapper } from '@/server/domain/mapping/tap-mapper';
import { TOKEN_KEY, contractSet } from '@/server/domain/mapping/testing/mapper-of';
import type { ContractsInForce } from '../../runtime/taps/connector';

const SOURCES = `
apiVersion: signalbox/v1
kind: Sources
systems: [{ id: erp, name: ERP }]
sources: [{ id: erp-db, system: erp, kind: postgres }]
`;

const CHANNEL = { key: 'id', status: '{ column: status, pending: N, inProgress: P, done: C, error: E, held: H }', createdAt: 'created_at', updatedAt: 'updated_at', attempts: 'attempts', errorText: 'error_text' };

const FIELDS = `
    message:  { from: ["column:id"] }
    facility: { from: ["column:facility_code"] }
    claim:    { from: ["column:case_key"], case: true, token: true }
    amount:   { from: ["column:amount"], currency: USD }
    reason:   { from: ["column:error_code"] }
  deadLetter: { reasons: [{ code: ITEM_NOT_MAPPED, retryable: false, route: stewards }, { code: UNCLASSIFIED, retryable: false, route: stewards }] }`;

export interface TestFlow {
  id: string;
  table: string;
  /** Overrides of the channel as YAML; undefined leaves a key out. */
  channel?: Partial<Record<keyof typeof CHANNEL | 'where' | 'schema' | 'destination', string | undefined>>;
  fields?: string;
  phi?: string;
  /** More of the flow's spec as YAML, indented by two. */
  more?: string;
}

function flowYaml({ id, table, channel = {}, fields = FIELDS, phi = '{ contains: false }', more = '' }: TestFlow): string {
  const keys = Object.entries({ ...CHANNEL, ...channel }).filter(([, value]) => value !== undefined).map(([key, value]) => `${key}: ${value}`);
  return `
apiVersion: signalbox/v1
kind: Flow
metadata: { id: ${id} }
spec:
  path:
    - id: table
      legs: { enter: { spanKind: Producer, service: ${id} }, leave: { spanKind: Consumer, service: ${id} } }
      channel: { source: erp-db, kind: table, table: ${table}, ${keys.join(', ')} }
  phi: ${phi}
  fields: ${fields}
${more}`;
}

export function contractsOf(...flows: TestFlow[]): ContractsInForce {
  const set = contractSet(SOURCES, ...flows.map(flowYaml));
  return { flows: set.flows, mapper: compileTapMapper(set, { tokenKey: TOKEN_KEY, tokenKeyId: 'k1' }) };
}
