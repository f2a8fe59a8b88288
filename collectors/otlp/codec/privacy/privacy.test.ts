import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AttributeAllowList } from './attribute-allow-list';
import { eventName } from './event-name';
import { redactName, redactUrl } from './identifiers';
import { maskText, maskUtf8 } from './mask';
import { maskTraceState } from './trace-state';

const nothing = new AttributeAllowList({ passKeys: new Set(), tokenKeys: new Set() });

describe('the allow-list', () => {
  it.each([
    'http.request.method', 'http.route', 'http.response.status_code', 'http.request.body.size', 'url.scheme', 'url.template', 'db.system.name',
    'db.collection.name', 'db.operation.name', 'db.query.summary', 'messaging.destination.name', 'messaging.message.id', 'messaging.message.body.size',
    'messaging.kafka.consumer.group', 'rpc.method', 'rpc.grpc.status_code', 'server.address', 'server.port', 'network.protocol.name', 'net.peer.name',
    'net.host.port', 'service.name', 'host.name', 'process.pid', 'telemetry.sdk.name', 'otel.scope.name', 'error.type', 'exception.type', 'code.function.name',
    'thread.id', 'cloud.region', 'k8s.pod.name', 'container.id', 'os.type', 'peer.service', 'deployment.environment.name', 'signalbox.flow.id',
  ])('passes %s', (key) => expect(nothing.ruleFor(key)).toEqual({ storedKey: key, treatment: 'pass' }));

  it.each([
    'patient.name', 'mrn', '', 'claim', 'http.request.header.authorization', 'http.response.header.set-cookie', 'http.user_agent', 'user_agent.original',
    'http.client_ip', 'client.address', 'network.peer.address', 'net.peer.ip', 'url.query', 'url.fragment', 'url.username', 'db.query.text', 'db.statement',
    'db.query.parameter.0', 'db.connection_string', 'db.user', 'messaging.kafka.message.key', 'messaging.message.payload', 'messaging.header.x-patient',
    'rpc.grpc.request.metadata.token', 'rpc.request.metadata.x', 'process.command_line', 'process.command_args', 'process.owner', 'exception.message',
    'exception.stacktrace', 'code.stacktrace', 'otel.status_description', 'container.command_args', 'k8s.pod.annotation.note', 'enduser.id', 'user.email',
    'session.id', 'device.id', 'httpx.request.method', 'servicename', 'http.request.body', 'http.response.body.content', 'log.record.original',
  ])('masks %s', (key) => expect(nothing.ruleFor(key)).toEqual({ storedKey: key, treatment: 'mask' }));

  it.each(['url.full', 'url.path', 'http.url', 'http.target'])('cleans %s, also when a contract declares it', (key) => {
    const declared = new AttributeAllowList({ passKeys: new Set([key]), tokenKeys: new Set() });
    for (const list of [nothing, declared]) expect(list.ruleFor(key).treatment).toBe('url');
  });

  it('passes what contracts declare, except what identifies and free text', () => {
    const list = new AttributeAllowList({
      passKeys: new Set(['hospital.facility', 'claim.id', 'exception.message', 'http.request.header.x-payer', 'batch.20260301']),
      tokenKeys: new Set(['claim.id', 'server.address']),
    });
    const treatments = ['hospital.facility', 'http.request.header.x-payer', 'batch.20260301', 'claim.id', 'server.address', 'exception.message'].map((key) => list.ruleFor(key));
    expect(treatments).toEqual([
      { storedKey: 'hospital.facility', treatment: 'pass' }, { storedKey: 'http.request.header.x-payer', treatment: 'pass' },
      { storedKey: 'batch.20260301', treatment: 'pass' }, { storedKey: 'claim.id', treatment: 'mask' }, { storedKey: 'server.address', treatment: 'mask' },
      { storedKey: 'exception.message', treatment: 'mask' },
    ]);
  });

  it('stores an unknown key without the ids in it', () => {
    expect(nothing.ruleFor('patient.0012345.name').storedKey).toBe('patient.{id}.name');
    expect(nothing.ruleFor('k'.repeat(1000)).storedKey).toHaveLength(129);
  });
});

describe('names', () => {
  it.each([
    ['GET /orders/{id}', 'GET /orders/{id}'],
    ['send claims.work', 'send claims.work'],
    ['GET /v2/facilities', 'GET /v2/facilities'],
    ['GET /patients/17/claims', 'GET /patients/{id}/claims'],
    ['GET /search?name=Jane Doe', 'GET /search'],
    ['POST https://jane:pw@erp/x', 'POST https://erp/x'],
    ['claim CLM-0012345-A posted', 'claim {id} posted'],
    ['visit 123-45-6789', 'visit {id}'],
    ['job 3f0e8c1a-7f5e-4b6a-9d3e-0c1b2a3d4e5f', 'job {id}'],
    ['span deadbeefdeadbeefdead', 'span {id}'],
    ["SELECT * FROM patient WHERE name = 'Jane'", 'SELECT * FROM patient WHERE name = {text}'],
    ['mail jane.doe@example.org', 'mail {id}'],
    ['', ''],
  ])('%s → %s', (name, expected) => expect(redactName(name)).toBe(expected));

  it('never carry six digits in a row, a mail address or a query, and are never long', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'ab01 /-?#@\'"_:é…') , maxLength: 300 }), (name) => {
      const redacted = redactName(name);
      expect(redacted).not.toMatch(/\d{6}/);
      expect(redacted).not.toMatch(/[^\s/]@[^\s/]|\?\S/);
      expect(redacted.length).toBeLessThanOrEqual(201);
    }));
  });

  it('of events pass only as identifiers', () => {
    expect(['exception', 'message.sent', 'claim/0012345', '', 'Patient Doe admitted', 'x'.repeat(81)].map(eventName))
      .toEqual(['exception', 'message.sent', 'claim/{id}', '', '‹masked:20›', '‹masked:81›']);
  });
});

describe('URLs', () => {
  it.each([
    ['https://jane:pw@erp.example:8443/po/v1/orders?patient=Doe#top', 'https://erp.example:8443/po/v1/orders'],
    ['http://10.20.30.40:5672/fhir/Patient/778', 'http://10.20.30.40:5672/fhir/Patient/{id}'],
    ['/claims/CLM-0012345;session=abc/lines/3', '/claims/{id}/lines/{id}'],
    ['/users/jane@example.org/orders', '/users/{id}/orders'],
    ['/a/b', '/a/b'],
    ['', ''],
  ])('%s → %s', (url, expected) => expect(redactUrl(url)).toBe(expected));
});

it('masks count characters, not bytes', () => {
  for (const text of ['', 'abc', 'Łukasz', '👩‍⚕️', 'x'.repeat(500)]) {
    const expected = `‹masked:${[...text].length}›`;
    expect(maskText(text)).toBe(expected);
    const bytes = Buffer.from(text);
    expect(Buffer.from(maskUtf8(bytes, 0, bytes.length)).toString()).toBe(expected);
  }
});

describe('trace state', () => {
  it.each([
    ['ot=th:c;rv:0123456789abcd,vendor=secret', 'ot=th:c;rv:0123456789abcd,vendor=‹masked:6›'],
    ['ot=Jane', 'ot=‹masked:4›'],
    ['Jane Doe=1', '‹masked:8›=‹masked:1›'],
    ['nothing', '‹masked:7›'],
  ])('%s → %s', (state, expected) => expect(maskTraceState(state)).toBe(expected));
});
