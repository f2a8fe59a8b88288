import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { channelId, channelPartition, isInPartition, type Channel } from './channel';

describe('channelId', () => {
  it.each<[string, Channel]>([
    ['rabbit-main:queue:/:claims.work', { source: 'rabbit-main', kind: 'queue', vhost: '/', name: 'claims.work' }],
    ['erp-db:table:public.po_interface', { source: 'erp-db', kind: 'table', schema: 'public', table: 'po_interface' }],
    ['erp-api:route:POST /po/v1/orders', { source: 'erp-api', kind: 'route', method: 'POST', path: '/po/v1/orders' }],
    ['erp-api:route:GET /po/v1/orders/{orderId}', { source: 'erp-api', kind: 'route', method: 'GET', path: '/po/v1/orders/{orderId}' }],
    ['rabbit-main:queue:a%3Ab:50%25%20off', { source: 'rabbit-main', kind: 'queue', vhost: 'a:b', name: '50% off' }],
    ['erp-db:table:a%2Eb.c', { source: 'erp-db', kind: 'table', schema: 'a.b', table: 'c' }],
  ])('%s', (id, channel) => expect(channelId(channel)).toBe(id));

  it('never gives two queues or two tables the same id', () => {
    const part = fc.string({ unit: fc.constantFrom(':', '.', '%', '/', 'a', '2', 'E', '3', 'A', ' ', 'é', '\n'), minLength: 1, maxLength: 6 });
    fc.assert(fc.property(part, part, part, part, (a, b, c, d) => {
      const same = a === c && b === d;
      const queue = (vhost: string, name: string) => channelId({ source: 's', kind: 'queue', vhost, name });
      const table = (schema: string, name: string) => channelId({ source: 's', kind: 'table', schema, table: name });
      expect(queue(a, b) === queue(c, d)).toBe(same);
      expect(table(a, b) === table(c, d)).toBe(same);
    }));
  });
});

describe('the name of a share', () => {
  it('tells of any column and value whether its rows have it', () => {
    const part = fc.string({ unit: fc.constantFrom(',', '=', '%', ' ', 'a', '2', 'C', '\t', 'é'), minLength: 1, maxLength: 5 });
    fc.assert(fc.property(fc.dictionary(part, fc.uniqueArray(part, { minLength: 1, maxLength: 3 }), { minKeys: 1, maxKeys: 3 }), part, part, (where, column, value) => {
      const share = channelPartition({ source: 's', kind: 'table', schema: 'public', table: 't', where });
      const asked = [[column, value], ...Object.entries(where).map(([name, values]) => [name, values[0]!]), ...Object.keys(where).map((name) => [name, value])] as [string, string][];
      for (const [name, one] of asked) expect(isInPartition(share, name, one)).toBe(!Object.hasOwn(where, name) || where[name]!.includes(one));
    }));
  });

  it('says yes of the whole table, and of what it does not understand', () => {
    expect(isInPartition('', 'destination', 'b')).toBe(true);
    expect(isInPartition('destination=%zz', 'destination', 'b')).toBe(true);
    expect(isInPartition('by hand', 'destination', 'b')).toBe(true);
  });
});
