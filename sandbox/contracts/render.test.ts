import { mkdtemp, readdir, readFile, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEAD_LETTER_EXCHANGE, deadLetterQueueOf, WORK_QUEUES } from '../network/queues';
import { renderContracts } from './render';

const OURS = fileURLToPath(new URL('../../contracts', import.meta.url));
const rendering = { factor: 60, basePort: 5200, database: { address: '127.0.0.1', port: 5433, name: 'hospital' } };

const byName = (a: { name: unknown }, b: { name: unknown }) => String(a.name).localeCompare(String(b.name));

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
    const { sources } = parse(await rendered('sources.yaml')) as { sources: { id: string; match: unknown[]; probe?: unknown }[] };
    const match = Object.fromEntries(sources.map((source) => [source.id, source.match[0]]));
    expect(match['interface-db']).toEqual({ address: '127.0.0.1', port: 5433, namespace: 'hospital' });
    expect(match['erp-api']).toEqual({ address: '127.0.0.1', port: 5201 });
    expect(match['suppliers-api']).toEqual({ address: '127.0.0.1', port: 5207 });
    const probe = Object.fromEntries(sources.map((source) => [source.id, source.probe]));
    expect(probe['billing-api']).toEqual({ url: 'http://127.0.0.1:5203' });
    expect(probe['inventory-api']).toBeUndefined();
  });

  interface OwnFlow { spec: { path: { id: string; channel: Record<string, unknown> }[] } }
  interface OwnSources { sources: { id: string; match: unknown[]; connect?: Record<string, unknown> }[] }
  const observed = {
    databaseAccess: {
      observer: { user: 'hospital_observer', passwordFile: '/credentials/interface-db.password' },
      operator: { user: 'hospital_operator', passwordFile: '/credentials/interface-db-levers.password' },
    },
    broker: {
      address: 'broker.internal', port: 5673, amqp: 'amqp://broker.internal:5673', management: 'http://broker.internal:15673',
      observer: { user: 'observer', passwordFile: '/credentials/rabbit-main.password' },
      operator: { user: 'operator', passwordFile: '/credentials/rabbit-main-levers.password' },
    },
  };

  it('without a broker hands over by interface tables, and knows neither broker nor observer', async () => {
    await renderContracts({ from: OURS, to, ...rendering });
    const { spec } = parse(await rendered('charge-capture.yaml')) as OwnFlow;
    expect(spec.path[0]?.channel).toEqual({
      source: 'interface-db', kind: 'table', schema: 'inventory', table: 'charge_interface', key: 'interface_id',
      status: { column: 'status', pending: 'N', inProgress: 'P', done: 'C', error: 'E' }, createdAt: 'created_at',
      updatedAt: 'updated_at', attempts: 'attempts', errorText: 'error_text', destination: 'destination',
    });
    const { sources } = parse(await rendered('sources.yaml')) as OwnSources;
    expect(sources.map(({ id }) => id)).not.toContain('rabbit-main');
    expect(sources.filter((source) => 'connect' in source)).toEqual([]);
  });

  it('with a broker hands over by queues, and says how observers and operators connect, but no password', async () => {
    await renderContracts({ from: OURS, to, ...rendering, ...observed });
    const { spec } = parse(await rendered('charge-capture.yaml')) as OwnFlow;
    expect(spec.path[0]?.channel).toEqual({
      source: 'rabbit-main', kind: 'queue', vhost: 'meridian', exchange: 'inventory.events', keys: ['charge.#'],
      name: 'billing.charges', deadLetter: { exchange: 'dead-letters', queue: 'billing.charges.dead' },
    });
    const { sources } = parse(await rendered('sources.yaml')) as OwnSources;
    const of = (id: string) => sources.find((source) => source.id === id);
    expect(of('rabbit-main')).toMatchObject({
      match: [{ address: 'broker.internal', port: 5673 }],
      connect: { management: 'http://broker.internal:15673', amqp: 'amqp://broker.internal:5673', vhosts: ['meridian'], user: 'observer', password: { file: '/credentials/rabbit-main.password' }, levers: { user: 'operator', password: { file: '/credentials/rabbit-main-levers.password' } } },
    });
    expect(of('interface-db')?.connect).toMatchObject({
      host: '127.0.0.1', port: 5433, database: 'hospital', user: 'hospital_observer', password: { file: '/credentials/interface-db.password' },
      levers: { user: 'hospital_operator', password: { file: '/credentials/interface-db-levers.password' } },
    });
  });

  it('leads a reroute to a queue of the network, or without a broker to another destination in the same table', async () => {
    interface Rerouted { spec: { path: { channel: object }[]; reroute: { alternates: { channel: object }[] } } }
    const read = async () => (parse(await rendered('claim-submit-837i.yaml')) as Rerouted).spec;
    await renderContracts({ from: OURS, to, ...rendering, ...observed });
    expect((await read()).reroute.alternates[0]?.channel).toEqual({ source: 'rabbit-main', kind: 'queue', vhost: 'meridian', name: 'southgate.claims' });
    expect(WORK_QUEUES.map(({ queue }) => queue)).toContain('southgate.claims');
    await renderContracts({ from: OURS, to, ...rendering });
    const { path: [outbox], reroute: { alternates: [alternate] } } = await read();
    expect(alternate?.channel).toEqual({ ...outbox?.channel, where: { destination: 'southgate' } });
  });

  it('names the queues of the network as the network does', async () => {
    await renderContracts({ from: OURS, to, ...rendering, ...observed });
    const names = (await readdir(to)).filter((name) => name.endsWith('.yaml') && !name.includes('.process.') && name !== 'sources.yaml');
    const flows = await Promise.all(names.map(async (name) => parse(await rendered(name)) as OwnFlow));
    const channels = flows.flatMap((flow) => flow.spec.path.map(({ channel }) => channel)).filter(({ kind }) => kind === 'queue');
    expect(channels.map(({ exchange, keys, name, deadLetter }) => ({ exchange, keys, name, deadLetter })).toSorted(byName)).toEqual(
      WORK_QUEUES.filter(({ exchange }) => exchange !== null).map((work) => ({
        exchange: work.exchange, keys: work.keys, name: work.queue,
        deadLetter: { exchange: DEAD_LETTER_EXCHANGE, queue: deadLetterQueueOf(work) },
      })).toSorted(byName),
    );
  });
});
