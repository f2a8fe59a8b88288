import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FACILITIES, SOURCES, flowText } from '@/server/domain/contracts/testing/contract-texts';
import { readContractFiles, scanContractFolder } from './read-contract-folder';

let base: string;
let dir: string;
beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-contracts-')));
  dir = join(base, 'contracts');
  await mkdir(join(dir, 'lookups'), { recursive: true });
});
afterEach(() => rm(base, { recursive: true, force: true }));

const write = (name: string, text: string | Buffer) => writeFile(join(dir, name), text);
const read = async (known = new Map()) => readContractFiles(await scanContractFolder(dir), known);
const summary = async () => (await read()).map(({ file, documents, problems }) => [file, ...documents.map(({ id }) => id), ...problems.map(({ rule }) => rule)]);

describe('the contract folder', () => {
  it('gives every YAML file below it, by its path in the folder', async () => {
    await write('sources.yaml', SOURCES);
    await write('lookups/facilities.yml', FACILITIES);
    await write('orders.YAML', flowText());
    await write('README.md', '# no contract');
    await write('.hidden.yaml', 'kind: [');
    await write('orders.yaml~', 'kind: [');
    expect(await summary()).toEqual([['lookups/facilities.yml', 'facilities'], ['orders.YAML', 'orders'], ['sources.yaml', 'sources']]);
    expect((await scanContractFolder(dir)).folders).toEqual([dir, join(dir, 'lookups')]);
  });

  it('may be empty, and is an error where it is missing', async () => {
    expect(await summary()).toEqual([]);
    await expect(scanContractFolder(join(base, 'nowhere'))).rejects.toThrow('ENOENT');
  });

  it('is read through links that stay inside, as container platforms mount it, and each file once', async () => {
    await mkdir(join(dir, '..2026_01_05'));
    await write('..2026_01_05/orders.yaml', flowText());
    await symlink('..2026_01_05', join(dir, '..data'));
    await symlink('..data/orders.yaml', join(dir, 'orders.yaml'));
    await symlink('.', join(dir, 'lookups', 'loop'));
    await symlink('..', join(dir, 'lookups', 'up'));
    expect(await summary()).toEqual([['orders.yaml', 'orders']]);
  });

  it('is not left by a link', async () => {
    await writeFile(join(base, 'secret.yaml'), flowText());
    await mkdir(join(base, 'elsewhere'));
    await writeFile(join(base, 'elsewhere', 'orders.yaml'), flowText());
    await symlink('../secret.yaml', join(dir, 'out.yaml'));
    await symlink('../elsewhere', join(dir, 'elsewhere'));
    await symlink('nowhere.yaml', join(dir, 'broken.yaml'));
    expect(await summary()).toEqual([['broken.yaml', 'folder-unreadable'], ['out.yaml', 'folder-unreadable']]);
  });

  it('reports files that cannot be contracts without choking on them', async () => {
    await write('large.yaml', 'a'.repeat(1024 * 1024 + 1));
    await write('latin.yaml', Buffer.from([0x6b, 0xe9, 0x0a]));
    await mkdir(join(dir, 'folder.yaml'));
    execFileSync('mkfifo', [join(dir, 'pipe.yaml')]);
    expect(await summary()).toEqual([['large.yaml', 'file-unreadable'], ['latin.yaml', 'file-unreadable']]);
  });

  it('shows a change of content, name or number, and nothing else', async () => {
    await write('a.yaml', flowText());
    const fingerprint = async () => (await scanContractFolder(dir)).fingerprint;
    const seen = [await fingerprint()];
    expect(await fingerprint()).toBe(seen[0]);
    await writeFile(join(dir, 'b.tmp'), flowText({ id: 'others' }));
    expect(await fingerprint()).toBe(seen[0]);
    await rename(join(dir, 'b.tmp'), join(dir, 'a.yaml'));
    seen.push(await fingerprint());
    await rename(join(dir, 'a.yaml'), join(dir, 'b.yaml'));
    seen.push(await fingerprint());
    await rm(join(dir, 'b.yaml'));
    seen.push(await fingerprint());
    expect(new Set(seen).size).toBe(4);
  });

  it('parses again only what changed', async () => {
    const known = new Map();
    await write('a.yaml', flowText({ id: 'a' }));
    await write('b.yaml', flowText({ id: 'b' }));
    const [a, b] = await read(known);
    await write('b.yaml', flowText({ id: 'bb' }));
    const [sameA, newB] = await read(known);
    expect(sameA).toBe(a);
    expect(newB).not.toBe(b);
    await rm(join(dir, 'a.yaml'));
    await read(known);
    expect([...known.keys()]).toEqual(['b.yaml']);
  });
});
