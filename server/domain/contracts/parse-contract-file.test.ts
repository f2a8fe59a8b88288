import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationMs } from './iso-duration';
import { MAX_FILE_BYTES, parseContractFile } from './parse-contract-file';
import { FACILITIES, SOURCES, flowText } from './testing/contract-texts';
import { chargeToCash, implantConsumption } from './testing/full-examples';

const problemsOf = (text: string) => parseContractFile('x.yaml', text).problems.map(({ line, rule }) => [line, rule]);

describe('parseContractFile', () => {
  it('takes the full flow example unchanged', () => {
    const { documents, problems } = parseContractFile('implant.yaml', implantConsumption);
    expect(problems).toEqual([]);
    const [document] = documents;
    expect(document).toMatchObject({ kind: 'Flow', id: 'implant-consumption-to-erp', version: '1.3.0', file: 'implant.yaml' });
    if (document?.body.kind !== 'Flow') throw new Error('not a flow');
    const { spec } = document.body;
    expect(spec.path.map(({ id, channel }) => [id, channel.kind])).toEqual([['capture', 'queue'], ['erp-interface', 'table']]);
    expect(spec.path[0]?.when).toEqual({ 'attr:messaging.destination.name': ['inv'] });
    expect(spec.path[0]?.legs?.leave).toEqual({ spanKind: ['Consumer'], service: ['erp-posting'] });
    expect(spec.replay?.maxAmount).toEqual({ amount: '250000.00', currency: 'USD' });
    expect(durationMs(spec.slo?.latency?.p95 ?? '')).toBe(120_000);
  });

  it('takes the full process example unchanged', () => {
    const { documents, problems } = parseContractFile('process.yaml', chargeToCash);
    expect(problems).toEqual([]);
    if (documents[0]?.body.kind !== 'Process') throw new Error('not a process');
    expect(documents[0].body.spec.steps.map(({ id }) => id)).toEqual(['charged', 'submitted', 'ack999', 'accepted', 'adjudicated', 'posted', 'gl']);
  });

  it('takes a draft with an id and a path only', () => {
    const { documents, problems } = parseContractFile('draft.yaml', flowText({ id: 'new-one' }));
    expect(problems).toEqual([]);
    expect(documents[0]?.body).toMatchObject({ metadata: { id: 'new-one', name: 'new-one', version: '0.0.0', lifecycle: 'draft' } });
  });

  it('accepts its own output again, so stored documents can be read back', () => {
    for (const text of [implantConsumption, chargeToCash, SOURCES, FACILITIES, flowText()]) {
      const body = parseContractFile('a.yaml', text).documents[0]?.body;
      const again = parseContractFile('a.yaml', JSON.stringify(body));
      expect(again.problems).toEqual([]);
      expect(again.documents[0]?.body).toEqual(body);
    }
  });

  it('reads several documents of one file, each with its own text, hash and lines', () => {
    const { documents, problems } = parseContractFile('all.yaml', `${SOURCES}---\n${FACILITIES}---\n# last\n${flowText()}---\n`);
    expect(problems).toEqual([]);
    expect(documents.map(({ kind, id }) => [kind, id])).toEqual([['Sources', 'sources'], ['Lookup', 'facilities'], ['Flow', 'orders']]);
    expect(new Set(documents.map(({ sha256 }) => sha256)).size).toBe(3);
    expect(documents[1]?.yaml).not.toContain('Flow');
    expect(documents[1]?.lineAt(['metadata', 'id'])).toBe(13);
    expect(parseContractFile('other.yaml', SOURCES.replaceAll('\n', '\r\n')).documents[0]?.sha256).toBe(documents[0]?.sha256);
  });

  it('keeps codes as they are written', () => {
    const { documents } = parseContractFile('payers.yaml', 'apiVersion: signalbox/v1\nkind: Lookup\nmetadata: { id: payers }\nentries: { 00435: { id: aetna, name: Aetna }, 1e3: { id: b, name: B } }\n');
    expect(documents[0]?.body).toMatchObject({ entries: { '00435': { id: 'aetna' }, '1e3': { id: 'b' } } });
  });

  it.each([
    ['syntax', 'a: [1\nb: 2\n', [[2, 'yaml-syntax']]],
    ['an empty file', '', [[null, 'file-empty']]],
    ['only a comment', '# nothing yet\n---\n', [[null, 'file-empty']]],
    ['no map', '- 1\n', [[1, 'unknown-kind']]],
    ['kind', 'apiVersion: signalbox/v1\nkind: FlowContract\n', [[2, 'unknown-kind']]],
    ['a key twice', 'kind: Flow\nkind: Flow\n', [[2, 'yaml-syntax']]],
    ['a map as a key', '? { a: 1 }\n: 2\n', [[1, 'yaml-syntax']]],
    ['the prototype as a key', '__proto__: { a: 1 }\nkind: Flow\n', [[1, 'yaml-syntax']]],
    ['another language version', SOURCES.replace('signalbox/v1', 'signalbox/v9'), [[1, 'invalid-value']]],
    ['unknown key at the top', `${flowText()}colour: red\n`, [[9, 'unknown-key']]],
    ['unknown key in metadata', flowText({ metadata: 'colour: red' }), [[5, 'unknown-key']]],
    ['unknown key in a channel', flowText({ channel: '{ source: erp-api, kind: route, method: POST, path: /a, port: 1 }' }), [[8, 'unknown-key']]],
    ['unknown key in a leg', flowText({ hop: 'legs:\n  enter: { spanKind: Server, kind: x }' }), [[10, 'unknown-key']]],
    ['unknown leg', flowText({ hop: 'legs:\n  arrive: { spanKind: Server }' }), [[10, 'unknown-key']]],
    ['missing key', 'apiVersion: signalbox/v1\nkind: Flow\nmetadata: { name: x }\nspec: { path: [] }\n', [[3, 'missing-key'], [4, 'invalid-value']]],
    ['channel kind', flowText({ channel: '{ source: a, kind: topic }' }), [[8, 'invalid-value']]],
    ['id', flowText({ id: 'Orders' }), [[4, 'invalid-value']]],
    ['selector', flowText({ spec: 'fields:\n  payer: { from: ["xpath:/a"] }' }), [[10, 'invalid-value']]],
    ['selector in when that no span answers', flowText({ hop: 'when: { "body:/a": x }' }), [[9, 'invalid-value']]],
    ['number in when', flowText({ hop: 'when: { "attr:a": 00435 }' }), [[9, 'invalid-value']]],
    ['field name', flowText({ spec: 'fields:\n  Payer: { from: ["attr:a"] }' }), [[10, 'invalid-value']]],
    ['duration', flowText({ spec: 'slo:\n  origin: design-default\n  deadline: P1M' }), [[11, 'invalid-value']]],
    ['money as a float', flowText({ spec: 'replay: { class: R2, approval: none, maxAmount: { amount: 250000.00, currency: USD } }' }), [[9, 'invalid-value']]],
    ['a runbook that is a script', flowText({ metadata: 'runbook: "javascript:alert(1)"' }), [[5, 'invalid-value']]],
    ['a probe that writes', flowText({ spec: 'replay:\n  class: R2\n  approval: none\n  preconditions: [{ check: not-voided, probe: { http: "POST erp-api:/x" } }]' }), [[12, 'invalid-value']]],
  ])('places a problem: %s', (_, text, expected) => expect(problemsOf(text)).toEqual(expected));

  it('says what is wrong in a sentence that names the place', () => {
    const [problem] = parseContractFile('x.yaml', flowText({ hop: 'when: { "attr:a": 00435 }' })).problems;
    expect(problem).toEqual({ file: 'x.yaml', line: 9, rule: 'invalid-value', message: 'spec.path[0].when["attr:a"][0]: must be text: put the value in quotes.' });
  });

  it.each([
    [flowText({ spec: 'criticality: C9' }), 'spec.criticality: must be one of C1, C2, C3, C4.'],
    [flowText({ spec: 'pause: { allowed: sometimes }' }), 'spec.pause.allowed: must be true or false.'],
    [flowText({ spec: 'fields: { payer: "attr:x" }' }), 'spec.fields.payer: must be a map.'],
    [flowText({ spec: 'fields: { payer: { from: "attr:x" } }' }), 'spec.fields.payer.from: must be a list.'],
    [flowText({ spec: 'slo: { objective: 99.5, origin: benchmark }' }), 'spec.slo.objective: must be below 1, e.g. 0.995.'],
    [flowText({ spec: 'slo: { backlog: { warn: 1.5 }, origin: benchmark }' }), 'spec.slo.backlog.warn: must be a whole number.'],
    [flowText({ channel: '{ source: s, kind: topic }' }), 'spec.path[0].channel.kind: kind must be queue, table or route.'],
    [flowText({ hop: 'takenBy: [erp]' }), 'spec.path[0].takenBy: must be text.'],
    [flowText({ metadata: 'lifecyle: active' }), 'metadata.lifecyle: this key is not part of the contract language.'],
  ])('explains itself without the words of programmers', (text, message) => {
    expect(parseContractFile('x.yaml', text).problems.map((problem) => problem.message)).toEqual([message]);
  });

  const probed = (probe: string) => connected('http', probe).replace('connect:', 'probe:');
  const connected = (kind: string, connect: string) => `apiVersion: signalbox/v1\nkind: Sources\nsystems: [{ id: erp, name: ERP }]\nsources:\n  - id: it\n    system: erp\n    kind: ${kind}\n    connect: ${connect}\n`;
  it.each([
    [connected('rabbitmq', '{ management: "https://broker", user: signalbox, password: secret }'), 8, 'sources[0].connect.password: must be { env: NAME } or { file: /path }: passwords do not belong into contract files.'],
    [connected('rabbitmq', '{ management: "https://broker", user: signalbox, password: { env: "MY PASSWORD" } }'), 8, 'sources[0].connect.password.env: must be the name of an environment variable.'],
    [connected('rabbitmq', '{ management: "https://broker", user: signalbox, password: { vault: x } }'), 8, 'sources[0].connect.password: must be { env: NAME } or { file: /path }: passwords do not belong into contract files.'],
    [connected('rabbitmq', '{ management: "https://me:secret@broker", user: signalbox, password: { env: P } }'), 8, 'sources[0].connect.management: must not carry a user or a password; they have fields of their own.'],
    [connected('rabbitmq', '{ management: broker, user: signalbox, password: { env: P } }'), 8, 'sources[0].connect.management: must be an address such as https://broker.internal:15671.'],
    [connected('rabbitmq', '{ host: db, database: erp, management: "https://broker", user: signalbox, password: { env: P } }').replace(', database: erp', ''), 8, 'sources[0].connect.host: this key is not part of the contract language.'],
    [connected('postgres', '{ host: db, user: signalbox, password: { env: P } }'), 8, 'sources[0].connect.database: this key is required.'],
    [connected('postgres', '{ host: db, database: erp, encryption: maybe, user: signalbox, password: { env: P } }'), 8, 'sources[0].connect.encryption: must be one of disable, require, verify-full.'],
    [connected('postgres', '{ host: db, database: erp, pollSeconds: 1, user: signalbox, password: { env: P } }'), 8, 'sources[0].connect.pollSeconds: must be at least 2 seconds.'],
    [connected('postgres', '{ host: db, database: erp, user: signalbox, password: { env: P }, levers: { user: signalbox, password: { env: L } } }'), 8, 'Source it would act as "signalbox", the user for looking. Give levers a user of their own, or leave them out: the source is then observe-only.'],
    [probed('{ url: "https://me:secret@erp" }'), 8, 'sources[0].probe.url: must not carry a user or a password; they have fields of their own.'],
    [probed('{ url: "https://erp/?a=1" }'), 8, 'sources[0].probe.url: must not carry a query or a fragment.'],
    [probed('{ url: "ftp://erp" }'), 8, 'sources[0].probe.url: must be an address such as https://erp.internal:8443.'],
    [probed('{ url: "https://erp", bearer: secret }'), 8, 'sources[0].probe.bearer: must be { env: NAME } or { file: /path }: passwords do not belong into contract files.'],
    [probed('{ url: "https://erp", user: me }'), 8, 'sources[0].probe: needs user and password together.'],
    [probed('{ url: "https://erp", user: me, password: { env: P }, bearer: { env: T } }'), 8, 'sources[0].probe: has a bearer token or a user, not both.'],
    [probed('{ url: "https://erp", headers: { authorization: secret } }'), 8, 'sources[0].probe.headers.authorization: cannot be set here: use "bearer", or "user" and "password".'],
    [probed('{ url: "https://erp", headers: { host: other } }'), 8, 'sources[0].probe.headers.host: cannot be set by a contract.'],
    [probed('{ url: "https://erp", timeoutSeconds: 60 }'), 8, 'sources[0].probe.timeoutSeconds: must be at most 10.'],
    [connected('http', '{ host: db }'), 8, 'sources[0].connect: this key is not part of the contract language.'],
    [connected('kafka', '{ host: db }'), 7, 'sources[0].kind: kind must be http, postgres or rabbitmq.'],
    [connected('postgres', '[]'), 8, 'sources[0].connect: must be a map.'],
  ])('explains connections: %#', (text, line, message) => {
    expect(parseContractFile('x.yaml', text).problems.map((problem) => [problem.line, problem.message])).toEqual([[line, message]]);
  });

  it('refuses what is too large, not text, or made to exhaust memory', () => {
    expect(problemsOf('a'.repeat(MAX_FILE_BYTES + 1))).toEqual([[null, 'file-unreadable']]);
    expect(problemsOf('kind: \u0000')).toEqual([[null, 'file-unreadable']]);
    const bomb = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`), 'kind: Flow'].join('\n');
    expect(problemsOf(bomb)).toEqual([[1, 'yaml-syntax']]);
  });

  it('never throws, whatever the text', () => {
    const fragments = fc.constantFrom('kind: Flow', 'kind: Lookup', 'apiVersion: signalbox/v1', 'metadata:', '  id: a', 'spec:', '  path:', '    - id: x', '---', '...', '&a', '*a', '? ', '- ', '{', '}', '[', ']', '!!binary', '<<: *a', ': ', '\t', '"', '|', 'entries:', '  k: {id: a, name: b}', 'null');
    fc.assert(fc.property(fc.oneof(fc.string(), fc.array(fragments, { maxLength: 12 }).map((lines) => lines.join('\n'))), (text) => {
      const { problems } = parseContractFile('x.yaml', text);
      expect(problems.every(({ message }) => message.length > 0)).toBe(true);
    }), { numRuns: 500 });
  });
});
