import { describe, expect, it } from 'vitest';
import { attribute, builderOf, encodeRequest, LIMITS, mapperOf, type Message, RECEIVED_AT_MS } from './testing/requests';

/** Every place of a request that can hold text gets its own canary; those that may be stored are named. */
const STORED = new Set(['declared', 'service', 'scope-name', 'scope-version', 'server']);
const planted: string[] = [];

function canary(place: string): string {
  const text = `Canary-${place}-Doe`;
  if (!planted.includes(text)) planted.push(text);
  return text;
}

const everyValue = (place: string): Message[] => [
  attribute(`${place}.text`, canary(`${place}-text`)),
  attribute(`${place}.list`, { arrayValue: { values: [{ stringValue: canary(`${place}-list`) }] } }),
  attribute(`${place}.map`, { kvlistValue: { values: [attribute(canary(`${place}-map-key`), canary(`${place}-map-value`))] } }),
  attribute(`${place}.bytes`, { bytesValue: Buffer.from(canary(`${place}-bytes`)) }),
  ...['exception.message', 'exception.stacktrace', 'db.query.text', 'db.statement', 'client.address', 'url.query', 'http.request.header.cookie', 'user.name', 'process.command_line']
    .map((key) => attribute(key, canary(`${place}-${key}`))),
  attribute('url.full', `https://${canary(`${place}-user`)}:pw@erp.example/a?q=${canary(`${place}-query`)}#${canary(`${place}-fragment`)}`),
];

const REQUEST = {
  resourceSpans: [{
    resource: { attributes: [attribute('service.name', canary('service')), ...everyValue('resource')] },
    schemaUrl: canary('resource-schema'),
    scopeSpans: [{
      schemaUrl: canary('scope-schema'),
      scope: { name: canary('scope-name'), version: canary('scope-version'), attributes: [attribute('scope.text', canary('scope-attribute'))] },
      spans: [{
        traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), startTimeUnixNano: `${RECEIVED_AT_MS}000000`, endTimeUnixNano: `${RECEIVED_AT_MS}000000`,
        name: `GET /claims/777888999/${canary('name-id').replace('Doe', '1234567')}?patient=${canary('name-query')}`,
        traceState: `vendor=${canary('state')}`,
        status: { code: 2, message: canary('status') },
        attributes: [
          ...everyValue('span'), attribute('hospital.facility', canary('declared')), attribute('claim.id', canary('token')), attribute('server.address', canary('server')),
        ],
        events: [
          { timeUnixNano: '1', name: 'exception', attributes: everyValue('event') },
          { timeUnixNano: '1', name: `${canary('event-name')} was admitted` },
        ],
        links: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), traceState: `x=${canary('link-state')}`, attributes: everyValue('link') }],
      }],
    }],
  }],
};

const mapper = mapperOf({
  spanKeys: ['claim.id'], passKeys: new Set(['hospital.facility', 'claim.id']), tokenKeys: new Set(['claim.id']),
  map(facts, out) {
    out.caseToken = facts.attributes[0] === undefined ? '' : 'k1:00ff';
  },
});

describe('canaries planted in every field of a request', () => {
  const body = encodeRequest(REQUEST);
  const builder = builderOf(mapper);
  const outcome = builder.append(body, 'protobuf', RECEIVED_AT_MS, LIMITS);
  const block = builder.finish(() => 1n)[0]!.body;

  it('are really sent', () => {
    const missing = planted.filter((text) => !body.includes(text));
    expect(missing).toEqual(['Canary-name-id-Doe']);
  });

  it('appear in the block only where the allow-list passes them', () => {
    const stored = planted.filter((text) => block.includes(text));
    expect(new Set(stored)).toEqual(new Set([...STORED].map((place) => `Canary-${place}-Doe`)));
  });

  it('do not appear in another form either', () => {
    expect(block.includes('777888999')).toBe(false);
    expect(block.includes('1234567')).toBe(false);
    for (const text of planted) if (!STORED.has(text.slice(7, -4))) expect(block.includes(Buffer.from(text).toString('base64')), text).toBe(false);
  });

  it('are counted by key', () => {
    expect(Object.fromEntries(outcome.maskedKeys)).toMatchObject({
      'status.message': 1, 'trace_state': 2, 'event.name': 1, 'exception.message': 4, 'db.query.text': 4, 'span.text': 1, 'claim.id': 1, 'link.map': 1,
    });
  });
});
