import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACILITIES, SOURCES, flowText } from '../contracts/testing/contract-texts';
import { compileMapper } from './compile-mapper';
import { SPAN_KINDS, emptyMappedSpan, type MappedSpan, type SpanFacts } from './span-mapper';
import { TOKEN_KEY, contractSet, factsOf, mapSpan, mapperOf, type TestSpan } from './testing/mapper-of';

const queue = (more: string) => `{ source: rabbit-main, kind: queue, ${more} }`;
const table = (more: string) => `{ source: erp-db, kind: table, ${more} }`;
const route = (method: string, path: string) => `{ source: erp-api, kind: route, method: ${method}, path: "${path}" }`;

const ERP = { 'server.address': 'erp.local', 'server.port': '8080' };
const BROKER = { 'server.address': 'broker', 'server.port': '5672', 'messaging.system': 'rabbitmq' };
const DB = { 'server.address': 'db', 'server.port': '5432', 'db.namespace': 'erp', 'db.system.name': 'postgresql' };
const POST = { ...ERP, 'http.request.method': 'POST', 'http.route': '/po/v1/orders' };
const SERVED: TestSpan = { kind: 'Server', attributes: POST };

const network = mapperOf(
  SOURCES,
  flowText({ id: 'orders' }),
  flowText({ id: 'order-status', channel: route('GET', '/po/v1/orders/{orderId}') }),
  flowText({ id: 'order-search', channel: route('GET', '/po/v1/orders/search') }),
  flowText({ id: 'claims', channel: queue('name: claims.work') }),
  flowText({ id: 'consumption', channel: queue('exchange: inv, keys: ["consumption.*"], name: inv.consumption') }),
  flowText({ id: 'depletion', channel: queue('exchange: inv, keys: ["stock.#"], name: inv.depletion') }),
  flowText({ id: 'po-interface', channel: table('table: po_interface') }),
  flowText({ id: 'gl-interface', channel: table('schema: gl, table: journal') }),
  flowText({ id: 'ap-interface', channel: table('schema: ap, table: invoice') }),
  flowText({ id: 'ar-interface', channel: table('schema: ar, table: invoice') }),
);
const where = (span: TestSpan, mapper = network) => {
  const { flowId, hopId, leg, sourceId } = mapSpan(mapper, span);
  return [flowId, hopId, leg, sourceId].join(' ').trim();
};

const legsOf = (service: string) => `legs:\n  enter: { spanKind: Client, service: ${service} }\n  attempt: { spanKind: Internal, service: ${service}, name: retry, when: { "attr:final": "no" } }`;
const version = (...texts: string[]) => mapperOf(...texts).version;

describe('where a span belongs', () => {
  it.each<[string, TestSpan, string]>([
    // HTTP
    ['route, current names', { kind: 'Server', attributes: POST }, 'orders post leave erp-api'],
    ['route, older names', { kind: 'Server', attributes: { 'http.method': 'POST', 'http.route': '/po/v1/orders', 'net.host.name': 'erp.local', 'net.host.port': '8080' } }, 'orders post leave erp-api'],
    ['caller, older names', { kind: 'Client', attributes: { 'http.method': 'POST', 'http.url': 'http://erp.local:8080/po/v1/orders?x=1', 'net.peer.name': 'erp.local', 'net.peer.port': '8080' } }, 'orders post enter erp-api'],
    ['caller, full URL', { kind: 'Client', attributes: { ...ERP, 'http.request.method': 'GET', 'url.full': 'http://erp.local:8080/po/v1/orders/4711' } }, 'order-status post enter erp-api'],
    ['a concrete path prefers the literal route', { kind: 'Client', attributes: { ...ERP, 'http.request.method': 'GET', 'url.path': '/po/v1/orders/search' } }, 'order-search post enter erp-api'],
    ['caller, template', { kind: 'Client', attributes: { ...ERP, 'http.request.method': 'GET', 'url.template': '/po/v1/orders/:id' } }, 'order-status post enter erp-api'],
    ['request target with query', { kind: 'Server', attributes: { ...ERP, 'http.request.method': 'POST', 'http.target': '/po/v1/orders?dry=1' } }, 'orders post leave erp-api'],
    ['another method', { kind: 'Server', attributes: { ...POST, 'http.request.method': 'DELETE' } }, 'none erp-api'],
    ['another server', { kind: 'Server', attributes: { ...POST, 'server.address': 'billing.local' } }, 'none'],
    ['another port', { kind: 'Server', attributes: { ...POST, 'server.port': '8081' } }, 'none'],
    ['no port', { kind: 'Server', attributes: { 'server.address': 'ERP.local', 'http.request.method': 'POST', 'http.route': '/po/v1/orders' } }, 'orders post leave erp-api'],
    ['no server: a path alone is no evidence', { kind: 'Server', attributes: { 'http.request.method': 'POST', 'http.route': '/po/v1/orders' } }, 'none'],
    ['the peer of a server is its client', { kind: 'Server', attributes: { 'http.method': 'POST', 'http.route': '/po/v1/orders', 'net.peer.name': 'erp.local', 'net.peer.port': '8080' } }, 'none'],
    // Messaging
    ['queue by name', { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': 'claims.work' } }, 'claims post leave rabbit-main'],
    ['queue, older name', { kind: 'Consumer', attributes: { 'net.peer.name': 'broker', 'net.peer.port': '5672', 'messaging.destination': 'claims.work' } }, 'claims post leave rabbit-main'],
    ['default exchange', { kind: 'Producer', attributes: { ...BROKER, 'messaging.destination.name': 'amq.default', 'messaging.rabbitmq.destination.routing_key': 'claims.work' } }, 'claims post enter rabbit-main'],
    ['exchange and routing key', { kind: 'Producer', attributes: { ...BROKER, 'messaging.destination.name': 'inv', 'messaging.rabbitmq.destination.routing_key': 'stock.low.or3' } }, 'depletion post enter rabbit-main'],
    ['exchange:key', { kind: 'Producer', attributes: { ...BROKER, 'messaging.destination.name': 'inv:consumption.or3' } }, 'consumption post enter rabbit-main'],
    ['exchange:key:queue', { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': 'inv:consumption.or3:inv.consumption' } }, 'consumption post leave rabbit-main'],
    ['exchange without a key that would tell two flows apart', { kind: 'Producer', attributes: { ...BROKER, 'messaging.destination.name': 'inv' } }, 'none rabbit-main'],
    ['exchange with a key that nobody binds', { kind: 'Producer', attributes: { ...BROKER, 'messaging.destination.name': 'inv', 'messaging.rabbitmq.destination.routing_key': 'recall.x' } }, 'none rabbit-main'],
    ['no server, one broker that has the queue', { kind: 'Consumer', attributes: { 'messaging.system': 'rabbitmq', 'messaging.destination.name': 'claims.work' } }, 'claims post leave rabbit-main'],
    ['another messaging system', { kind: 'Consumer', attributes: { 'messaging.system': 'kafka', 'messaging.destination.name': 'claims.work' } }, 'none'],
    // Tables
    ['table with schema', { kind: 'Consumer', attributes: { ...DB, 'db.collection.name': 'public.po_interface' } }, 'po-interface post leave erp-db'],
    ['table without schema', { kind: 'Producer', attributes: { ...DB, 'db.collection.name': 'journal' } }, 'gl-interface post enter erp-db'],
    ['table, older names', { kind: 'Producer', attributes: { 'db.system': 'postgresql', 'db.name': 'erp', 'db.sql.table': 'journal', 'net.peer.name': 'db', 'net.peer.port': '5432' } }, 'gl-interface post enter erp-db'],
    ['database and schema in one', { kind: 'Producer', attributes: { ...DB, 'db.namespace': 'erp|gl', 'db.collection.name': 'journal' } }, 'gl-interface post enter erp-db'],
    ['one table name in two schemas', { kind: 'Producer', attributes: { ...DB, 'db.collection.name': 'invoice' } }, 'none erp-db'],
    ['another database of the server', { kind: 'Producer', attributes: { ...DB, 'db.namespace': 'billing', 'db.collection.name': 'public.po_interface' } }, 'none'],
    ['a statement on the table is no leg', { kind: 'Client', attributes: { ...DB, 'db.collection.name': 'public.po_interface' } }, 'po-interface post none erp-db'],
    // Explicit
    ['explicit flow and hop', { kind: 'Server', attributes: { 'signalbox.flow.id': 'claims', 'signalbox.hop': 'post' } }, 'claims post none rabbit-main'],
    ['explicit flow wins over the channel', { kind: 'Server', attributes: { ...POST, 'signalbox.flow.id': 'order-status' } }, 'order-status post leave erp-api'],
    ['an explicit flow without a contract does not', { kind: 'Server', attributes: { ...POST, 'signalbox.flow.id': 'nothing' } }, 'orders post leave erp-api'],
    ['nothing at all', { kind: 'Internal' }, 'none'],
  ])('%s', (_, span, expected) => expect(where(span)).toBe(expected));

  it('is decided by "when" on a channel that flows share', () => {
    const mapper = mapperOf(SOURCES, flowText({ id: 'stock', hop: 'when: { "attr:order.kind": [stock, rush] }' }), flowText({ id: 'bill-only', hop: 'when: { "attr:order.kind": bill-only, "resource:deployment": prod }' }));
    const at = (kind: string, deployment: string) => where({ ...SERVED, attributes: { ...POST, 'order.kind': kind }, resource: { deployment } }, mapper);
    expect(at('rush', 'prod')).toBe('stock post leave erp-api');
    expect(at(' bill-only ', 'prod')).toBe('bill-only post leave erp-api');
    expect(at('bill-only', 'test')).toBe('none erp-api');
    expect(where(SERVED, mapper)).toBe('none erp-api');
  });

  it('is decided by the legs where services share a channel', () => {
    const mapper = mapperOf(SOURCES, flowText({ id: 'a', hop: legsOf('one') }), flowText({ id: 'b', hop: legsOf('two') }));
    expect(where({ kind: 'Client', service: 'two', attributes: POST }, mapper)).toBe('b post enter erp-api');
    expect(where({ kind: 'Internal', service: 'one', name: 'retry', attributes: { ...POST, final: 'no' } }, mapper)).toBe('a post attempt erp-api');
    expect(where({ kind: 'Internal', service: 'one', name: 'retry', attributes: { ...POST, final: 'yes' } }, mapper)).toBe('none erp-api');
    expect(where({ kind: 'Server', service: 'one', attributes: POST }, mapper)).toBe('none erp-api');
  });

  it('leaves retired flows out', () => expect(where(SERVED, mapperOf(SOURCES, flowText({ metadata: 'lifecycle: retired' })))).toBe('none erp-api'));

  it('tells databases on one server apart only when the span says which', () => {
    const sources = `${SOURCES}  - { id: bill-db, system: erp, kind: postgres, match: [{ address: db, port: 5432, namespace: billing }] }\n`;
    const mapper = mapperOf(sources, flowText({ id: 'a', channel: table('table: t') }), flowText({ id: 'b', channel: '{ source: bill-db, kind: table, table: t }' }));
    const at = (more: Record<string, string>) => where({ kind: 'Producer', attributes: { 'db.collection.name': 't', ...more } }, mapper);
    expect(at({ ...DB, 'db.namespace': 'billing' })).toBe('b post enter bill-db');
    expect(at({ 'server.address': 'db', 'server.port': '5432' })).toBe('none');
    expect(at({ 'db.system.name': 'postgresql' })).toBe('none');
  });
});

describe('what a span says', () => {
  const fields = `fields:
  message: { from: ["attr:msg.id"] }
  claim: { from: ["attr:claim.number"], case: true, token: true, letters: upper }
  facility: { from: ["header:x-facility", "attr:site.code", "resource:site.code"], lookup: facilities }
  payer: { from: ["attr:payer"] }
  supplier: { from: ["const:acme"] }
  item: { from: ["body:/item"] }
  amount: { from: ["attr:total"], currency: USD, meaning: charge }
  reason: { from: ["attr:error.type"] }
deadLetter:
  reasons:
    - { code: ERP_503, retryable: true, route: oncall, native: ["503", "ECONNREFUSED"] }
    - { code: UNCLASSIFIED, retryable: false, route: oncall }`;
  const mapper = mapperOf(SOURCES, FACILITIES, flowText({ id: 'claims', metadata: 'version: 2.1.0', hop: 'legs: { enter: { spanKind: Client }, leave: { spanKind: Server }, attempt: { spanKind: Internal } }', spec: fields }));
  const map = (attributes: Record<string, string>, more: TestSpan = {}) => mapSpan(mapper, { ...SERVED, ...more, attributes: { ...POST, ...attributes } });

  it.each<[string, Record<string, string>, TestSpan, Partial<MappedSpan>]>([
    ['the contract version', {}, {}, { flowId: 'claims', contractVersion: '2.1.0', sourceId: 'erp-api' }],
    ['trimmed values', { 'msg.id': ' m-1 ', payer: '\taetna\n' }, {}, { messageId: 'm-1', payerId: 'aetna' }],
    ['the first selector that answers, through the lookup', { 'site.code': '0100' }, { resource: { 'site.code': '0200' } }, { facilityId: 'st-agnes' }],
    ['the next selector where the first is empty', { 'site.code': '  ' }, { resource: { 'site.code': '0200' } }, { facilityId: 'lakeside' }],
    ['nothing where the lookup has no entry', { 'site.code': '9999' }, {}, { facilityId: '' }],
    ['a constant', {}, {}, { supplierId: 'acme' }],
    ['nothing where only a tap could answer', { item: 'x' }, {}, { itemId: '' }],
    ['an amount with its currency', { total: '1234.50' }, {}, { amount: '1234.50', currency: 'USD' }],
    ['no amount that is not an exact decimal', { total: '0.30000000000000004' }, {}, { amount: '', currency: '' }],
    ['no value that is too long to be an id', { payer: 'x'.repeat(257) }, {}, { payerId: '' }],
    ['no case where the key is missing', {}, {}, { caseToken: '', caseLabel: '' }],
    ['no reason without failure', { 'error.type': 'ERP_503' }, {}, { leg: 'leave', reason: '' }],
    ['the reason of a failed attempt', { 'error.type': 'ERP_503' }, { isError: true }, { leg: 'attempt', reason: 'ERP_503' }],
    ['the reason by its native value', { 'error.type': 'ECONNREFUSED' }, { isError: true }, { leg: 'attempt', reason: 'ERP_503' }],
    ['UNCLASSIFIED for an unknown reason', { 'error.type': 'Oops' }, { isError: true }, { leg: 'attempt', reason: 'UNCLASSIFIED' }],
    ['UNCLASSIFIED for none', {}, { isError: true }, { leg: 'attempt', reason: 'UNCLASSIFIED' }],
    ['no reason of an attempt that did not fail', { 'error.type': 'ERP_503' }, { kind: 'Internal' }, { leg: 'attempt', reason: '' }],
    ['a failed entry stays an entry', {}, { kind: 'Client', isError: true }, { leg: 'enter', reason: '' }],
  ])('%s', (_, attributes, more, expected) => expect(map(attributes, more)).toMatchObject(expected));

  it('stores an identifying key as token and mask only', () => {
    const mapped = map({ 'claim.number': ' clm-2024-004821' });
    expect(mapped.caseToken).toMatch(/^k1:[0-9a-f]{64}$/);
    expect(mapped.caseLabel).toBe('•••4821');
    expect(map({ 'claim.number': 'CLM-2024-004821' }).caseToken).toBe(mapped.caseToken);
    expect(JSON.stringify(mapped)).not.toMatch(/clm-2024/i);
  });

  it('stores another key as it is', () => {
    const plain = mapperOf(SOURCES, flowText({ spec: 'fields:\n  order: { from: ["attr:order.id"], case: true }' }));
    expect(mapSpan(plain, { ...SERVED, attributes: { ...POST, 'order.id': 'PO-17' } })).toMatchObject({ caseToken: 'PO-17', caseLabel: 'PO-17' });
  });

  it('reads parts of the routing key', () => {
    const byKey = mapperOf(SOURCES, flowText({ channel: queue('name: q'), spec: 'fields:\n  payer: { from: ["key:2"] }' }));
    const at = (key: string) => mapSpan(byKey, { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': 'q', 'messaging.rabbitmq.destination.routing_key': key } }).payerId;
    expect([at('claim.aetna.new'), at('claim.aetna'), at('claim'), at('claim.')]).toEqual(['aetna', 'aetna', '', '']);
  });

  it('takes what an instrumented application says itself where the contract names no field', () => {
    const own = { 'signalbox.payer.id': 'aetna', 'signalbox.supplier.id': 'other', 'messaging.message.id': 'm-9' };
    expect(map(own)).toMatchObject({ payerId: '', supplierId: 'acme', messageId: '' });
    expect(mapSpan(network, { ...SERVED, attributes: { ...POST, ...own } })).toMatchObject({ payerId: 'aetna', supplierId: 'other', messageId: 'm-9' });
  });

  it('empties what the span before left behind', () => {
    const out = emptyMappedSpan();
    mapper.map(factsOf(mapper, { ...SERVED, isError: true, attributes: { ...POST, payer: 'aetna', total: '1', 'claim.number': 'c' } }), out);
    mapper.map(factsOf(mapper, {}), out);
    expect(out).toEqual(emptyMappedSpan());
  });

  it('lets declared keys pass, except those of tokens, whatever else names them', () => {
    expect([...mapper.tokenKeys]).toEqual(['claim.number']);
    expect(mapper.passKeys.has('site.code')).toBe(true);
    expect(mapper.passKeys.has('claim.number')).toBe(false);
    const both = mapperOf(SOURCES, flowText({ hop: 'when: { "attr:claim.number": x }', spec: 'fields:\n  claim: { from: ["attr:claim.number", "key:1"], token: true }' }));
    expect(both.passKeys.has('claim.number')).toBe(false);
    expect(both.tokenKeys).toContain('messaging.rabbitmq.destination.routing_key');
  });

  it('counts what it could not fill, on legs only, and starts again when asked', () => {
    mapper.takeCounts();
    map({ 'site.code': '9999', total: 'n/a' });
    map({ 'site.code': '0100', 'msg.id': 'm', payer: 'p', 'claim.number': 'c', total: '1' });
    mapSpan(mapper, { kind: 'Producer', attributes: POST });
    expect(mapper.takeCounts()).toEqual(expect.arrayContaining([
      { kind: 'field-missing', subject: 'claims/payer', count: 1 },
      { kind: 'field-missing', subject: 'claims/claim', count: 1 },
      { kind: 'field-missing', subject: 'claims/message', count: 1 },
      { kind: 'lookup-missing', subject: 'claims/facility', count: 1 },
      { kind: 'amount-invalid', subject: 'claims/amount', count: 1 },
    ]));
    expect(mapper.takeCounts()).toEqual([]);
  });
});

describe('traffic without a contract', () => {
  it('is counted as it looks, without the ids that concrete paths carry', () => {
    network.takeCounts();
    mapSpan(network, { kind: 'Client', attributes: { ...ERP, 'http.request.method': 'PUT', 'url.full': 'http://erp.local:8080/patients/123456' } });
    mapSpan(network, { kind: 'Server', attributes: { 'http.request.method': 'POST', 'http.route': '/x' } });
    mapSpan(network, { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': 'unknown.queue' } });
    mapSpan(network, { kind: 'Client', attributes: { 'db.system.name': 'postgresql', 'db.collection.name': 'orders' } });
    mapSpan(network, { kind: 'Internal' });
    expect(network.takeCounts()).toEqual([
      { kind: 'unassigned', subject: 'erp-api:route:PUT (erp.local:8080)', count: 1 },
      { kind: 'unassigned', subject: 'http:route:POST /x', count: 1 },
      { kind: 'unassigned', subject: 'rabbit-main:queue:unknown.queue', count: 1 },
      { kind: 'unassigned', subject: 'postgresql:table:orders', count: 1 },
    ]);
  });

  it('is bounded: what is beyond the limit is counted together', () => {
    network.takeCounts();
    for (let i = 0; i < 1000; i++) mapSpan(network, { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': `${'q'.repeat(300)}${i}` } });
    for (let i = 0; i < 1000; i++) mapSpan(network, { kind: 'Consumer', attributes: { ...BROKER, 'messaging.destination.name': `amq.gen-${i}` } });
    const counts = network.takeCounts();
    expect(counts.length).toBeLessThanOrEqual(201);
    expect(counts.every(({ subject }) => subject.length <= 200)).toBe(true);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2000);
    expect(counts.find(({ subject }) => subject === 'other')?.count).toBeGreaterThan(0);
  });
});

describe('the mapper', () => {
  it('changes its version with contracts, sources, lookups and key id, and with nothing else', () => {
    const base = version(SOURCES, FACILITIES, flowText());
    expect(version(SOURCES, FACILITIES, flowText())).toBe(base);
    expect(version(flowText(), FACILITIES, SOURCES)).toBe(base);
    const other = [
      version(SOURCES, FACILITIES, flowText({ id: 'x' })), version(SOURCES.replace('8080', '8081'), FACILITIES, flowText()), version(SOURCES, FACILITIES.replace('lakeside', 'lake'), flowText()),
      compileMapper(contractSet(SOURCES, FACILITIES, flowText()), { tokenKey: TOKEN_KEY, tokenKeyId: 'k2' }).version,
    ];
    expect(new Set([base, ...other]).size).toBe(5);
  });

  it('works without any contract', () => {
    const mapper = mapperOf();
    expect(mapSpan(mapper, SERVED)).toEqual(emptyMappedSpan());
  });

  it('never throws and always gives text', () => {
    const mapper = mapperOf(SOURCES, FACILITIES,
      flowText({ id: 'a', spec: 'fields:\n  claim: { from: ["attr:claim", "key:3"], case: true, token: true }\n  facility: { from: ["attr:site"], lookup: facilities }\n  amount: { from: ["attr:total"], currency: USD }' }),
      flowText({ id: 'b', channel: queue('exchange: inv, keys: ["#.a", "*.b.#"], name: q') }), flowText({ id: 'c', channel: table('table: t') }), flowText({ id: 'd', channel: route('GET', '/a/{b}/c') }));
    const value = fc.option(fc.oneof(fc.string(), fc.constantFrom('erp.local', 'broker', 'db', '8080', '5672', '5432', 'erp', 'POST', 'GET', '/po/v1/orders', '/a/x/c', 'http://', 'http://h', 'inv', 'q', 'inv:a', '::', 'x.b.a', 't', 'public.t', 'a', 'post', '__proto__', 'constructor')), { nil: undefined });
    const span: fc.Arbitrary<SpanFacts> = fc.record({
      name: fc.string(), kind: fc.constantFrom(...SPAN_KINDS), serviceName: fc.string(), isError: fc.boolean(),
      attributes: fc.array(value, { maxLength: mapper.spanKeys.length + 2 }), resource: fc.array(value, { maxLength: 3 }),
    });
    const out = emptyMappedSpan();
    fc.assert(fc.property(span, (facts) => {
      mapper.map(facts, out);
      expect(Object.keys(out)).toEqual(Object.keys(emptyMappedSpan()));
      expect(Object.values(out).every((text) => typeof text === 'string')).toBe(true);
      expect(out.hopId === '' || out.flowId !== '').toBe(true);
      expect(out.leg === 'none' || out.hopId !== '').toBe(true);
    }), { numRuns: 2000 });
  });
});
