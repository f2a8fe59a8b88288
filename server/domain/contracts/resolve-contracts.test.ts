import { describe, expect, it } from 'vitest';
import { parseContractFile } from './parse-contract-file';
import { resolveContracts, type ResolvedContracts } from './resolve-contracts';
import { FACILITIES, SOURCES, flowText } from './testing/contract-texts';

type Files = Record<string, string>;
const resolve = (files: Files, previous?: ResolvedContracts) =>
  resolveContracts(Object.entries(files).map(([file, text]) => parseContractFile(file, text)), previous?.documents ?? []);
const base: Files = { 'facilities.yaml': FACILITIES, 'sources.yaml': SOURCES };
const flowIds = ({ set }: ResolvedContracts) => set.flows.map(({ metadata }) => metadata.id);
const rules = ({ problems }: ResolvedContracts) => problems.map(({ file, rule }) => [file, rule]);

const queue = (name: string, more = '') => `{ source: rabbit-main, kind: queue, name: ${name}${more} }`;
const process = (flow: string, hop = 'post') => `apiVersion: signalbox/v1\nkind: Process\nmetadata: { id: p }\nspec:\n  caseKey: order\n  steps:\n    - { id: a, evidence: [{ flow: ${flow}, hop: ${hop}, leg: leave }] }\n`;

describe('rules between documents', () => {
  it.each<[string, string, Files]>([
    ['source-unknown', 'a channel', { 'b.yaml': flowText({ channel: '{ source: nowhere, kind: route, method: GET, path: /a }' }) }],
    ['source-unknown', 'a probe', { 'b.yaml': flowText({ spec: 'replay: { class: R2, approval: none, preconditions: [{ check: not-voided, probe: { http: "GET nowhere:/x", absentWhen: 404 } }] }' }) }],
    ['source-kind', 'a statement to an API', { 'b.yaml': flowText({ spec: 'replay: { class: R2, approval: none, preconditions: [{ check: not-voided, probe: { source: erp-api, sql: SELECT 1, absentWhen: no-rows } }] }' }) }],
    ['source-kind', 'a table in an API', { 'b.yaml': flowText({ channel: '{ source: erp-api, kind: table, table: t }' }) }],
    ['system-unknown', 'takenBy', { 'b.yaml': flowText({ hop: 'takenBy: nobody' }) }],
    ['lookup-unknown', 'a field', { 'b.yaml': flowText({ spec: 'fields:\n  payer: { from: ["attr:a"], lookup: payers }' }) }],
    ['evidence-unknown', 'a flow', { 'b.yaml': process('nothing') }],
    ['evidence-unknown', 'a hop', { 'a.yaml': flowText(), 'b.yaml': process('orders', 'ship') }],
    ['evidence-unknown', 'confirm', { 'b.yaml': flowText({ spec: 'replay: { class: R2, approval: none, confirm: { flow: orders, hop: ship, leg: leave, within: PT5M } }' }) }],
    ['evidence-unknown', 'a stage of confirm', { 'b.yaml': flowText({ spec: 'replay: { class: R2, approval: none, confirm: { stages: [{ name: Accepted, flow: orders, hop: post, leg: leave, within: PT5M }, { name: Posted, flow: posting, hop: post, leg: leave, within: P1D }] } }' }) }],
    ['duplicate-id', 'a source', { 'b.yaml': 'apiVersion: signalbox/v1\nkind: Sources\nmetadata: { id: more }\nsources: [{ id: s, system: erp, kind: http }, { id: s, system: erp, kind: http }]\n' }],
    ['source-match', 'one address', { 'b.yaml': 'apiVersion: signalbox/v1\nkind: Sources\nmetadata: { id: more }\nsources: [{ id: s, system: erp, kind: http, match: [{ address: h, port: 1 }] }, { id: t, system: erp, kind: http, match: [{ address: H, port: 1 }] }]\n' }],
    ['ambiguous-channel', 'two hops of one flow', { 'b.yaml': `${flowText()}    - id: again\n      channel: { source: erp-api, kind: route, method: POST, path: /po/v1/orders }\n` }],
  ])('%s: %s', (rule, _, files) => {
    const resolved = resolve({ ...base, ...files });
    expect(new Set(rules(resolved).map(([file, broken]) => `${file} ${broken}`))).toEqual(new Set([`b.yaml ${rule}`]));
    expect(resolved.documents.some(({ file }) => file === 'b.yaml')).toBe(false);
    expect(resolved.documents.some(({ file }) => file === 'sources.yaml')).toBe(true);
  });

  it.each<[string, boolean, string, string]>([
    ['the same route', true, flowText({ id: 'a' }), flowText({ id: 'b' })],
    ['the same route with another parameter name', true, flowText({ id: 'a', channel: '{ source: erp-api, kind: route, method: GET, path: "/o/{id}" }' }), flowText({ id: 'b', channel: '{ source: erp-api, kind: route, method: GET, path: "/o/:order" }' })],
    ['another method', false, flowText({ id: 'a' }), flowText({ id: 'b', channel: '{ source: erp-api, kind: route, method: GET, path: /po/v1/orders }' })],
    ['when that excludes', false, flowText({ id: 'a', hop: 'when: { "attr:type": stock }' }), flowText({ id: 'b', hop: 'when: { "attr:type": [rush, bill-only] }' })],
    ['when that overlaps', true, flowText({ id: 'a', hop: 'when: { "attr:type": [stock, rush] }' }), flowText({ id: 'b', hop: 'when: { "attr:type": rush }' })],
    ['when on different selectors', true, flowText({ id: 'a', hop: 'when: { "attr:type": stock }' }), flowText({ id: 'b', hop: 'when: { "attr:site": "1" }' })],
    ['different services', false, flowText({ id: 'a', hop: 'legs: { leave: { spanKind: Server, service: one } }' }), flowText({ id: 'b', hop: 'legs: { leave: { spanKind: Server, service: two } }' })],
    ['one leg in common', true, flowText({ id: 'a', hop: 'legs: { enter: { spanKind: Client }, leave: { spanKind: Server, service: one } }' }), flowText({ id: 'b', hop: 'legs: { enter: { spanKind: Client }, leave: { spanKind: Server, service: two } }' })],
    ['when of a leg that excludes', false, flowText({ id: 'a', hop: 'legs: { leave: { spanKind: Server, when: { "attr:type": stock } } }' }), flowText({ id: 'b', hop: 'when: { "attr:type": rush }' })],
    ['the same queue', true, flowText({ id: 'a', channel: queue('q') }), flowText({ id: 'b', channel: queue('q') })],
    ['another queue', false, flowText({ id: 'a', channel: queue('q') }), flowText({ id: 'b', channel: queue('r') })],
    ['one exchange, keys that meet', true, flowText({ id: 'a', channel: queue('q', ', exchange: x, keys: ["a.*"]') }), flowText({ id: 'b', channel: queue('r', ', exchange: x, keys: ["*.b"]') })],
    ['one exchange, keys that do not meet', false, flowText({ id: 'a', channel: queue('q', ', exchange: x, keys: ["a.*"]') }), flowText({ id: 'b', channel: queue('r', ', exchange: x, keys: ["b.*"]') })],
    ['a retired flow', false, flowText({ id: 'a' }), flowText({ id: 'b', metadata: 'lifecycle: retired' })],
  ])('two contracts on one channel, %s: ambiguous %s', (_, ambiguous, a, b) => {
    const resolved = resolve({ ...base, 'a.yaml': a, 'b.yaml': b });
    expect(rules(resolved)).toEqual(ambiguous ? [['a.yaml', 'ambiguous-channel'], ['b.yaml', 'ambiguous-channel']] : []);
    expect(flowIds(resolved)).toEqual(ambiguous ? [] : ['a', 'b']);
    expect(resolved.problems.every(({ message }) => message.startsWith('Flow a (hop post) and flow b (hop post) could both match'))).toBe(true);
  });
});

describe('two contracts on one interface table', () => {
  const rowsOf = (id: string, where: string, when: string, told: { status?: boolean; lifecycle?: string } = {}) => flowText({
    id, metadata: told.lifecycle === undefined ? '' : `lifecycle: ${told.lifecycle}`,
    channel: `{ source: erp-db, kind: table, table: t${told.status === false ? '' : ', status: { column: state, pending: N }'}${where === '' ? '' : `, where: { ${where} }`} }`,
    hop: when === '' ? '' : `when: { "attr:target": ${when} }`,
  });
  it.each<[string, string, string, string[]]>([
    ['nothing tells apart', rowsOf('a', '', ''), rowsOf('b', '', ''), ['ambiguous-channel', 'ambiguous-rows']],
    ['when and where tell apart', rowsOf('a', 'to: x', 'x'), rowsOf('b', 'to: [y, z]', 'y'), []],
    ['where alone tells rows apart, not spans', rowsOf('a', 'to: x', ''), rowsOf('b', 'to: y', ''), ['ambiguous-channel']],
    ['when alone tells spans apart, not rows', rowsOf('a', '', 'x'), rowsOf('b', '', 'y'), ['ambiguous-rows']],
    ['one takes all rows', rowsOf('a', 'to: x', 'x'), rowsOf('b', '', 'y'), ['ambiguous-rows']],
    ['where overlaps', rowsOf('a', 'to: [x, y]', 'x'), rowsOf('b', 'to: y', 'y'), ['ambiguous-rows']],
    ['where names different columns', rowsOf('a', 'to: x', 'x'), rowsOf('b', 'kind: y', 'y'), ['ambiguous-rows']],
    ['one reads no rows', rowsOf('a', 'to: x', 'x'), rowsOf('b', '', 'y', { status: false }), []],
    ['one is retired', rowsOf('a', '', ''), rowsOf('b', '', '', { lifecycle: 'retired' }), []],
  ])('%s', (_, a, b, expected) => {
    const resolved = resolve({ ...base, 'a.yaml': a, 'b.yaml': b });
    expect(new Set(rules(resolved).map(([, rule]) => rule))).toEqual(new Set(expected));
    expect(flowIds(resolved)).toEqual(expected.length > 0 ? [] : ['a', 'b']);
  });

  it('are told what helps and what does not', () => {
    const message = (a: string, b: string) => resolve({ ...base, 'a.yaml': a, 'b.yaml': b }).problems[0]?.message;
    expect(message(rowsOf('a', 'to: x', ''), rowsOf('b', 'to: y', ''))).toContain('"where" keeps rows apart, but a span carries no columns.');
    expect(message(rowsOf('a', '', 'x'), rowsOf('b', '', 'y'))).toContain('"when" tells spans apart, not rows.');
  });
});

describe('a retired flow', () => {
  it('may name what is gone', () => {
    const flow = (lifecycle: string) => flowText({ metadata: `lifecycle: ${lifecycle}`, channel: '{ source: gone, kind: route, method: GET, path: /x }', hop: 'takenBy: nobody' });
    expect(rules(resolve({ ...base, 'b.yaml': flow('retired') }))).toEqual([]);
    expect(rules(resolve({ ...base, 'b.yaml': flow('draft') }))).toEqual([['b.yaml', 'source-unknown'], ['b.yaml', 'system-unknown']]);
  });
});

describe('what stays in force', () => {
  const sound = { ...base, 'orders.yaml': flowText({ metadata: 'version: 1.0.0' }) };
  const before = resolve(sound);

  it('is everything when all is well', () => {
    expect(before.problems).toEqual([]);
    expect(before.documents.map(({ kind, id }) => `${kind} ${id}`)).toEqual(['Flow orders', 'Lookup facilities', 'Sources sources']);
  });

  it.each([
    ['a syntax error', 'kind: ['],
    ['a broken rule', flowText({ metadata: 'version: 2.0.0', spec: 'slo: { deadline: PT1H }' })],
    ['a broken reference', flowText({ metadata: 'version: 2.0.0', hop: 'takenBy: nobody' })],
    ['one bad document of two', `${flowText({ metadata: 'version: 2.0.0' })}---\nkind: Flow\n`],
  ])('is the last good version of a file with %s', (_, text) => {
    const after = resolve({ ...sound, 'orders.yaml': text }, before);
    expect(after.set.flows.map(({ metadata }) => metadata.version)).toEqual(['1.0.0']);
    expect(after.problems.length).toBeGreaterThan(0);
    expect(after.problems.every(({ file, line }) => file === 'orders.yaml' && line !== null)).toBe(true);
  });

  it('is nothing of a file that was never good, and the file comes into force once it is repaired', () => {
    const broken = resolve({ ...base, 'orders.yaml': 'kind: [' });
    expect(flowIds(broken)).toEqual([]);
    expect(flowIds(resolve(sound, broken))).toEqual(['orders']);
  });

  it('is without a file that was removed', () => expect(flowIds(resolve(base, before))).toEqual([]));

  it('is the contract that was there first when a new one would take its spans', () => {
    const after = resolve({ ...sound, 'late.yaml': flowText({ id: 'late' }) }, before);
    expect(flowIds(after)).toEqual(['orders']);
    expect(rules(after)).toEqual([['late.yaml', 'ambiguous-channel']]);
  });

  it('is the first of two documents with one id', () => {
    const after = resolve({ ...sound, 'copy.yaml': flowText({ metadata: 'version: 9.0.0' }) }, before);
    expect(after.set.flows.map(({ metadata }) => metadata.version)).toEqual(['1.0.0']);
    expect(new Set(rules(after).map(String))).toContain('copy.yaml,duplicate-id');
  });

  it('is the first of two sources that are recognised alike, whatever their files are called', () => {
    const more = 'apiVersion: signalbox/v1\nkind: Sources\nmetadata: { id: more }\nsources: [{ id: copy, system: erp, kind: postgres, match: [{ address: db, port: 5432, namespace: erp }] }]\n';
    for (const file of ['a.yaml', 'z.yaml']) {
      const after = resolve({ ...sound, [file]: more }, before);
      expect(after.set.sources.map(({ id }) => id)).not.toContain('copy');
      expect(rules(after)).toContainEqual([file, 'source-match']);
    }
  });

  it('is the same after a file was renamed', () => {
    const { 'orders.yaml': text, ...rest } = sound;
    const after = resolve({ ...rest, 'purchase-orders.yaml': text }, before);
    expect(after.problems).toEqual([]);
    expect(after.documents.find(({ id }) => id === 'orders')?.file).toBe('purchase-orders.yaml');
  });

  it('keeps a flow whose lookup was removed, and says what it misses', () => {
    const withLookup = flowText({ spec: 'fields:\n  facility: { from: ["attr:a"], lookup: facilities }' });
    const first = resolve({ ...base, 'orders.yaml': withLookup });
    const after = resolve({ 'sources.yaml': SOURCES, 'orders.yaml': withLookup }, first);
    expect(flowIds(after)).toEqual(['orders']);
    expect(rules(after)).toEqual([['orders.yaml', 'lookup-unknown']]);
  });

  it('does not depend on the order of files', () => {
    const files = { ...sound, 'late.yaml': flowText({ id: 'late' }), 'p.yaml': process('late') };
    const reversed = Object.fromEntries(Object.entries(files).toReversed());
    expect(resolve(reversed, before)).toEqual(resolve(files, before));
  });
});
