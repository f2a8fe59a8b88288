import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderContracts } from './render';

const OURS = fileURLToPath(new URL('../../contracts', import.meta.url));
const rendering = { factor: 60, basePort: 5200, database: { address: '127.0.0.1', port: 5433, name: 'hospital' } };

const FLOW = `# why this flow exists
kind: Flow
spec:
  slo: { window: P28D, deadline: PT1H, latency: { p95: PT5M }, backlog: { warn: 5, oldestWarn: PT10M, oldestPage: PT30M } }
  pause: { maxHold: PT4H }
`;

describe('rendering contracts', () => {
  let from: string;
  let to: string;
  beforeEach(async () => {
    from = await mkdtemp(join(tmpdir(), 'sandbox-from-'));
    to = await mkdtemp(join(tmpdir(), 'sandbox-to-'));
    await writeFile(join(from, 'a.yaml'), FLOW);
  });
  afterEach(async () => {
    await rm(from, { recursive: true });
    await rm(to, { recursive: true });
  });

  const render = () => renderContracts({ from, to, ...rendering });
  const rendered = async (name: string) => readFile(join(to, name), 'utf8');

  it('compresses service levels and leaves the window and other durations alone', async () => {
    await render();
    const text = await rendered('a.yaml');
    expect(text).toContain('# why this flow exists');
    expect(parse(text).spec).toEqual({
      slo: { window: 'P28D', deadline: 'PT1M', latency: { p95: 'PT5S' }, backlog: { warn: 5, oldestWarn: 'PT10S', oldestPage: 'PT30S' } },
      pause: { maxHold: 'PT4H' },
    });
  });

  it('compresses the deadlines of process steps', async () => {
    await writeFile(join(from, 'p.yaml'), 'kind: Process\nspec:\n  steps: [{ id: a, deadline: P1D }, { id: b }, { id: c, deadline: next-day 06:00 }]\n');
    await render();
    expect(parse(await rendered('p.yaml')).spec.steps).toEqual([
      { id: 'a', deadline: 'PT24M' }, { id: 'b' }, { id: 'c', deadline: 'next-day 06:00' },
    ]);
  });

  it('writes only what changed', async () => {
    await render();
    const before = await stat(join(to, 'a.yaml'), { bigint: true });
    await render();
    const after = await stat(join(to, 'a.yaml'), { bigint: true });
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs]);
  });

  it('removes what it wrote when it is gone, and nothing else', async () => {
    await writeFile(join(from, 'b.yaml'), FLOW);
    await writeFile(join(to, 'theirs.yaml'), 'kind: Flow\n');
    await render();
    await unlink(join(from, 'b.yaml'));
    await render();
    expect((await readdir(to)).filter((name) => name.endsWith('.yaml')).toSorted()).toEqual(['a.yaml', 'theirs.yaml']);
  });

  it('refuses to overwrite a file that it did not write', async () => {
    await writeFile(join(to, 'a.yaml'), 'kind: Flow\n');
    await expect(render()).rejects.toThrow('was not written by the sandbox');
    expect(await rendered('a.yaml')).toBe('kind: Flow\n');
  });

  it('puts every source of the network where the running system listens', async () => {
    await renderContracts({ from: OURS, to, ...rendering });
    const { sources } = parse(await rendered('sources.yaml')) as { sources: { id: string; match: unknown[] }[] };
    const match = Object.fromEntries(sources.map((source) => [source.id, source.match[0]]));
    expect(match['interface-db']).toEqual({ address: '127.0.0.1', port: 5433, namespace: 'hospital' });
    expect(match['erp-api']).toEqual({ address: '127.0.0.1', port: 5201 });
    expect(match['suppliers-api']).toEqual({ address: '127.0.0.1', port: 5207 });
  });
});
