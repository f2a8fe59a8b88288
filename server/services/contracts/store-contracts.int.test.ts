import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestPostgres, type TestPostgres } from '@/scripts/testing/databases';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { FACILITIES, SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import { connectPostgres, schema, type PostgresConnection } from '@/server/store/postgres';
import { migratePostgres } from '@/server/store/postgres/migrate';
import { loadActiveContracts } from './load-active-contracts';
import { storeContracts, type LoadedContracts } from './store-contracts';

const loaded = (files: Record<string, string>): LoadedContracts => resolveContracts(Object.entries(files).map(([file, text]) => parseContractFile(file, text)), []);
const sound = { 'sources.yaml': SOURCES, 'facilities.yaml': FACILITIES, 'orders.yaml': flowText({ metadata: 'version: 1.0.0' }) };
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 8, minute));

describe('stored contracts', () => {
  let database: TestPostgres;
  let postgres: PostgresConnection;
  beforeAll(async () => {
    database = await createTestPostgres();
    await migratePostgres(database.url);
    postgres = connectPostgres(database.url);
  });
  afterAll(async () => {
    await postgres.close();
    await database.drop();
  });
  beforeEach(async () => {
    await postgres.db.delete(schema.activeContracts);
    await postgres.db.delete(schema.contractVersions);
    await postgres.db.delete(schema.contractProblems);
  });
  const rows = async () => ({
    versions: await postgres.db.query.contractVersions.findMany({ orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId), asc(row.loadedAt)] }),
    active: await postgres.db.query.activeContracts.findMany({ orderBy: (row, { asc }) => [asc(row.kind), asc(row.documentId)] }),
    problems: await postgres.db.query.contractProblems.findMany({ orderBy: (row, { asc }) => [asc(row.file), asc(row.rule)] }),
  });

  it('come back as they were loaded', async () => {
    const contracts = loaded(sound);
    await storeContracts(postgres.db, contracts, at(0));
    const active = await loadActiveContracts(postgres.db);
    expect(active.documents.map(({ loadedAt: _, ...document }) => document)).toEqual(contracts.documents);
    expect(active.documents.every(({ loadedAt }) => loadedAt.getTime() === at(0).getTime())).toBe(true);
    expect(active.set.flows.map(({ metadata }) => metadata.id)).toEqual(['orders']);
    expect(active.unreadable).toEqual([]);
  });

  it('do not change when the same is stored again, even at once by many', async () => {
    await Promise.all([0, 1, 2, 3].map((minute) => storeContracts(postgres.db, loaded(sound), at(minute))));
    const first = await rows();
    expect(first.versions).toHaveLength(3);
    await storeContracts(postgres.db, loaded(sound), at(9));
    expect(await rows()).toEqual(first);
  });

  it('keep every version, and can go back to an earlier one', async () => {
    const second = { ...sound, 'orders.yaml': flowText({ metadata: 'version: 1.1.0' }) };
    await storeContracts(postgres.db, loaded(sound), at(0));
    const before = await loadActiveContracts(postgres.db);
    await storeContracts(postgres.db, loaded(second), at(1));
    const after = await loadActiveContracts(postgres.db, before);
    expect(after.stamp).not.toBe(before.stamp);
    expect(after.set.flows[0]?.metadata.version).toBe('1.1.0');
    await storeContracts(postgres.db, loaded(sound), at(2));
    expect((await loadActiveContracts(postgres.db, after)).stamp).toBe(before.stamp);
    expect((await rows()).versions.filter(({ kind }) => kind === 'Flow').map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
  });

  it('are read once as long as nothing changes', async () => {
    await storeContracts(postgres.db, loaded(sound), at(0));
    const active = await loadActiveContracts(postgres.db);
    expect(await loadActiveContracts(postgres.db, active)).toBe(active);
  });

  it('stay as a row, but not in force, when their file is removed, and return with it', async () => {
    const { 'orders.yaml': _, ...rest } = sound;
    await storeContracts(postgres.db, loaded(sound), at(0));
    await storeContracts(postgres.db, loaded(rest), at(1));
    expect((await loadActiveContracts(postgres.db)).set.flows).toEqual([]);
    expect((await rows()).active.map(({ documentId, active }) => [documentId, active])).toEqual([['orders', false], ['facilities', true], ['sources', true]]);
    await storeContracts(postgres.db, loaded(sound), at(2));
    expect((await loadActiveContracts(postgres.db)).set.flows).toHaveLength(1);
  });

  it('follow their document into another file', async () => {
    const { 'orders.yaml': text, ...rest } = sound;
    await storeContracts(postgres.db, loaded(sound), at(0));
    const before = await loadActiveContracts(postgres.db);
    await storeContracts(postgres.db, loaded({ ...rest, 'erp/orders.yaml': text }), at(1));
    const { documents } = await loadActiveContracts(postgres.db, before);
    expect(documents.find(({ id }) => id === 'orders')).toMatchObject({ file: 'erp/orders.yaml', loadedAt: at(0) });
  });

  it('say what is wrong, since when, until it is repaired', async () => {
    const broken = loaded({ ...sound, 'a.yaml': 'kind: [', 'b.yaml': flowText({ id: 'Wrong' }) });
    await storeContracts(postgres.db, broken, at(0));
    expect((await rows()).problems.map(({ file, line, rule }) => [file, line, rule])).toEqual([['a.yaml', 1, 'yaml-syntax'], ['b.yaml', 4, 'invalid-value']]);
    await storeContracts(postgres.db, loaded({ ...sound, 'b.yaml': flowText({ id: 'Wrong' }), 'c.yaml': '' }), at(5));
    expect((await rows()).problems.map(({ file, foundAt }) => [file, foundAt])).toEqual([['b.yaml', at(0)], ['c.yaml', at(5)]]);
    await storeContracts(postgres.db, loaded(sound), at(6));
    expect((await rows()).problems).toEqual([]);
  });

  it('that a newer language no longer takes are left out and named', async () => {
    await storeContracts(postgres.db, loaded(sound), at(0));
    await postgres.db.update(schema.contractVersions).set({ document: { kind: 'Flow', colour: 'red' } });
    const { documents, unreadable } = await loadActiveContracts(postgres.db);
    expect(documents).toEqual([]);
    expect(unreadable.map(({ id }) => id)).toEqual(['orders', 'facilities', 'sources']);
  });

  it('are stored whole or not at all', async () => {
    await storeContracts(postgres.db, loaded(sound), at(0));
    const before = await rows();
    const { documents } = loaded({ ...sound, 'new.yaml': flowText({ id: 'new', channel: '{ source: erp-api, kind: route, method: GET, path: /x }' }) });
    const tooLong = { file: 'x.yaml', line: 2 ** 40, rule: 'yaml-syntax' as const, message: 'a line number that the column cannot hold' };
    await expect(storeContracts(postgres.db, { documents, problems: [tooLong] }, at(1))).rejects.toThrow('Failed query');
    expect(await rows()).toEqual(before);
  });
});
