import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClickHouse, TestPostgres } from '@/scripts/testing/databases';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { contractSetOf } from '@/server/domain/contracts/contract-set';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { createKeyTokenizer } from '@/server/domain/mapping/key-token';
import { openStores, type TestStores } from '@/server/services/testing/stores';
import { hasReached } from './case-steps';

const NOW = Date.now();
const HOUR = 3_600_000;
const tokenizer = createKeyTokenizer(Buffer.from('a key of sixteen bytes or more'), 'k1');
const CONTRACTS = contractSetOf(parseContractFile('all.yaml', `
apiVersion: signalbox/v1
kind: Flow
metadata: { id: status }
spec:
  path: [{ id: apply, channel: { source: db, kind: table, table: statuses } }]
  fields: { claim: { from: ["attr:claim"], case: true, token: true, letters: upper } }
---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: orders }
spec:
  path: [{ id: post, channel: { source: db, kind: table, table: orders } }]
  fields: { order: { from: ["attr:order"], case: true } }
---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: silent }
spec:
  path: [{ id: apply, channel: { source: db, kind: table, table: silent } }]
  fields: { claim: { from: ["attr:claim"], case: true } }
---
apiVersion: signalbox/v1
kind: Process
metadata: { id: claims, name: Claims }
spec:
  caseKey: claim
  steps:
    - { id: accepted, evidence: [{ flow: status, hop: apply, leg: leave }] }
    - { id: heard, evidence: [{ flow: silent, hop: apply, leg: leave }] }
    - { id: told, evidence: [{ flow: status, hop: apply, leg: leave }, { event: claim.ack.v1 }] }
    - { id: announced, evidence: [{ event: claim.ack.v1 }] }
    - { id: ordered, evidence: [{ flow: orders, hop: post, leg: leave }] }
---
apiVersion: signalbox/v1
kind: Process
metadata: { id: buying, name: Buying }
spec:
  caseKey: order
  steps: [{ id: ordered, evidence: [{ flow: orders, hop: post, leg: leave }] }]
`).documents.map(({ body }) => body));

let postgres: TestPostgres;
let engine: TestClickHouse;
let stores: TestStores;

beforeAll(async () => {
  [postgres, engine] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: engine.writerUrl });
  await plant([
    { FlowId: 'status', HopId: 'apply', Leg: 'leave', CaseToken: tokenizer.tokenOf('CLM1').token },
    { FlowId: 'status', HopId: 'apply', Leg: 'enter', CaseToken: tokenizer.tokenOf('CLM2').token },
    { FlowId: 'status', HopId: 'apply', Leg: 'leave', CaseToken: tokenizer.tokenOf('CLM3').token, StatusCode: 'Error' },
    { FlowId: 'orders', HopId: 'post', Leg: 'leave', CaseToken: 'PO1' },
    { FlowId: 'orders', HopId: 'other', Leg: 'leave', CaseToken: 'PO2' },
    { FlowId: 'silent', HopId: 'apply', Leg: 'leave', CaseToken: 'CLM1', at: NOW - 2 * HOUR },
  ]);
});
afterAll(async () => {
  await stores.close();
  await Promise.all([postgres.drop(), engine.drop()]);
});

async function plant(spans: readonly (Record<string, string> | { at: number })[]): Promise<void> {
  await stores.clickhouse.insertRows('otel_traces', spans.map((span, index) => {
    const { at = NOW - 60_000, ...columns } = span as { at?: number };
    const time = new Date(at).toISOString().replace('T', ' ').replace('Z', '');
    return { Timestamp: time, ReceivedAt: time, TraceId: index.toString(16).padStart(32, '0'), SpanId: index.toString(16).padStart(16, '0'), SpanName: 's', SpanKind: 'Consumer', ServiceName: 'x', StatusCode: 'Unset', Duration: '1', ...columns };
  }));
}

const ask = (step: string, fields: Record<string, string>, process = 'claims') =>
  hasReached({ contracts: () => CONTRACTS, clickhouse: stores.clickhouse, tokenizer, now: () => new Date(NOW) }, { process, step }, (name) => fields[name], AbortSignal.timeout(10_000));

describe('a step of a case', () => {
  it.each([
    ['is reached, found by the token of its key', 'accepted', { claim: ' clm1 ' }, 'claims', true],
    ['was only entered', 'accepted', { claim: 'CLM2' }, 'claims', false],
    ['was tried and failed', 'accepted', { claim: 'CLM3' }, 'claims', false],
    ['is reached, found by the key itself', 'ordered', { order: 'PO1' }, 'buying', true],
    ['was reached at another hop', 'ordered', { order: 'PO2' }, 'buying', false],
    ['is reached by one of several proofs', 'told', { claim: 'CLM1' }, 'claims', true],
    ['is reached where nothing came since', 'heard', { claim: 'CLM1' }, 'claims', true],
  ])('%s', async (_, step, fields: Record<string, string>, process, reached) => {
    expect(await ask(step, fields, process)).toBe(reached);
  });

  it.each([
    ['the message has no key', 'accepted', {}, 'claims', 'The message has no claim, by which its case is found'],
    ['the step is gone', 'gone', { claim: 'CLM1' }, 'claims', 'There is no step "gone" of process "claims" in force'],
    ['it may have been announced otherwise', 'told', { claim: 'CLM9' }, 'claims', 'Something that is not traced may prove the step "told" as well'],
    ['it is only announced otherwise', 'announced', { claim: 'CLM1' }, 'claims', 'Nothing that is traced proves the step "announced"'],
    ['the flow has cases of another key', 'ordered', { claim: 'CLM1' }, 'claims', 'Flow orders does not carry its cases under claim, so traces cannot be searched for this one'],
    ['nothing at all was traced there lately', 'heard', { claim: 'CLM9' }, 'claims', 'Nothing at all was traced at hop apply of flow silent within the last hour, so what traces do not show may have happened'],
  ])('cannot be told where %s', async (_, step, fields: Record<string, string>, process, problem) => {
    expect(await ask(step, fields, process)).toEqual({ problem });
  });
});
