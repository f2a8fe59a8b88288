import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sourcesSchema, type Source } from '@/server/domain/contracts/sources-schema';
import { createSecretBox } from '@/server/domain/sources/secret-box';
import type { StoredConnection } from '@/server/services/sources/stored-connections';
import { configuredSources } from './configured-sources';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-passwords-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const box = createSecretBox(Buffer.alloc(32, 7));

function declared(connect: Record<string, unknown>): readonly Source[] {
  return sourcesSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Sources',
    sources: [{ id: 'erp-api', system: 'erp', kind: 'http' }, { id: 'rabbit-main', system: 'middleware', kind: 'rabbitmq', connect: { management: 'http://broker:15672/', user: 'observer', ...connect } }],
  }).sources;
}

function stored(overrides: Partial<StoredConnection>): StoredConnection {
  const at = new Date(0);
  return {
    sourceId: 'erp-db', name: 'ERP database', system: 'erp', systemName: 'ERP', kind: 'postgres', match: [], enabled: true,
    settings: { host: 'db.internal', database: 'erp' }, observeSecret: box.seal({ user: 'reader', password: 'secret' }, 'erp-db/observe'), leverSecret: null,
    revision: 1, createdBy: 'a', createdAt: at, updatedBy: 'a', updatedAt: at, ...overrides,
  };
}

describe('sources to tap', () => {
  it('come from files that connect them, with the password from the environment', async () => {
    const [source, ...others] = await configuredSources(declared({ password: { env: 'RABBIT' } }), [], box, { RABBIT: 's3cret' });
    expect(others).toEqual([]);
    expect(source).toMatchObject({ id: 'rabbit-main', problem: null, source: { kind: 'rabbitmq', observe: { user: 'observer', password: 's3cret' }, levers: null, settings: { management: 'http://broker:15672', pollSeconds: 5 } } });
    expect(source?.source?.settings).not.toHaveProperty('password');
  });

  it('take a password from a file, without its line end, and have separate credentials for acting', async () => {
    writeFileSync(join(directory, 'observe'), 'from file\n');
    const [source] = await configuredSources(declared({ password: { file: join(directory, 'observe') }, levers: { user: 'operator', password: { env: 'LEVER' } } }), [], box, { LEVER: 'l' });
    expect(source?.source).toMatchObject({ observe: { password: 'from file' }, levers: { user: 'operator', password: 'l' } });
  });

  it.each<[Record<string, unknown>, string]>([
    [{ password: { env: 'MISSING' } }, 'The environment variable MISSING'],
    [{ password: { file: '/nonexistent/password' } }, '(ENOENT)'],
  ])('say why they cannot be tapped: %j', async (connect, problem) => {
    const [source] = await configuredSources(declared(connect), [], box, {});
    expect(source).toMatchObject({ id: 'rabbit-main', source: null });
    expect(source?.problem).toContain(problem);
  });

  it('come from the product, with their secrets opened', async () => {
    const [source] = await configuredSources([], [stored({})], box, {});
    expect(source).toMatchObject({ problem: null, source: { id: 'erp-db', observe: { user: 'reader', password: 'secret' }, settings: { port: 5432, encryption: 'verify-full' } } });
  });

  it.each<[string, Partial<StoredConnection>, string]>([
    ['another secret of the installation', { observeSecret: createSecretBox(Buffer.alloc(32, 8)).seal({ user: 'reader', password: 'x' }, 'erp-db/observe') }, 'cannot be decrypted'],
    ['a secret of another source', { observeSecret: box.seal({ user: 'reader', password: 'x' }, 'other/observe') }, 'cannot be decrypted'],
    ['settings that are incomplete', { settings: { host: 'db' } }, 'database'],
    ['no credentials', { observeSecret: null }, 'No user and password'],
  ])('are not tapped with %s', async (_, overrides, problem) => {
    const [source] = await configuredSources([], [stored(overrides)], box, {});
    expect(source?.source).toBeNull();
    expect(source?.problem).toContain(problem);
    expect(source?.problem).not.toContain('secret"');
  });

  it('leave out what is disabled, and what a file declares already', async () => {
    expect(await configuredSources([], [stored({ enabled: false })], box, {})).toEqual([]);
    const both = await configuredSources(declared({ password: { env: 'RABBIT' } }), [stored({ sourceId: 'rabbit-main' })], box, { RABBIT: 'x' });
    expect(both.map(({ id, source }) => [id, source?.kind])).toEqual([['rabbit-main', 'rabbitmq']]);
  });

  it('change their revision with address, credentials and contract name, and with nothing else', async () => {
    const revisionOf = async (row: StoredConnection) => (await configuredSources([], [row], box, {}))[0]!.revision;
    const first = await revisionOf(stored({}));
    expect(await revisionOf(stored({ revision: 9, updatedBy: 'b', observeSecret: box.seal({ user: 'reader', password: 'secret' }, 'erp-db/observe') }))).toBe(first);
    const others = [{ settings: { host: 'db2', database: 'erp' } }, { observeSecret: box.seal({ user: 'reader', password: 'new' }, 'erp-db/observe') }, { name: 'Other' }];
    for (const other of others) expect(await revisionOf(stored(other))).not.toBe(first);
  });
});
