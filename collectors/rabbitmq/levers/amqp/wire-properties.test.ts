import { describe, expect, it } from 'vitest';
import { field, sized } from '../../messages/testing/raw-publish';
import { changedProperties } from './wire-properties';

const CONTENT_TYPE = 1 << 15;
const HEADERS = 1 << 13;
const DELIVERY_MODE = 1 << 12;
const MESSAGE_ID = 1 << 7;

function flags(bits: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(bits);
  return bytes;
}
const short = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const item = (value: string) => field('x-signalbox-item', 'S', sized(value));
const change = { header: { name: 'x-signalbox-item', value: 'op/1' }, isPersistent: true } as const;

describe('changedProperties', () => {
  it('adds headers and durability where there are none', () => {
    expect(changedProperties(flags(0), change)).toEqual(Buffer.concat([flags(HEADERS | DELIVERY_MODE), sized(item('op/1')), Buffer.from([2])]));
  });

  it('keeps every other byte, and puts each property in its place', () => {
    const count = field('count', 'I', Buffer.from([0, 0, 0, 5]));
    const before = Buffer.concat([flags(CONTENT_TYPE | HEADERS | DELIVERY_MODE | MESSAGE_ID), short('text/plain'), sized(count), Buffer.from([1]), short('m-1')]);
    expect(changedProperties(before, change)).toEqual(Buffer.concat([
      flags(CONTENT_TYPE | HEADERS | DELIVERY_MODE | MESSAGE_ID), short('text/plain'), sized(Buffer.concat([count, item('op/1')])), Buffer.from([2]), short('m-1'),
    ]));
    expect(changedProperties(before, {})).toEqual(before);
  });

  it('replaces the item of a former replay, behind values of every size', () => {
    const table = Buffer.concat([
      field('flag', 't', Buffer.from([1])), field('big', 'l', Buffer.alloc(8, 7)), field('money', 'D', Buffer.alloc(5, 1)), field('nothing', 'V', Buffer.alloc(0)),
      field('list', 'A', sized(Buffer.from('b\u0001'))), item('former/9'), field('inner', 'F', sized(field('a', 's', Buffer.from([0, 1])))),
    ]);
    const expected = Buffer.concat([
      field('flag', 't', Buffer.from([1])), field('big', 'l', Buffer.alloc(8, 7)), field('money', 'D', Buffer.alloc(5, 1)), field('nothing', 'V', Buffer.alloc(0)),
      field('list', 'A', sized(Buffer.from('b\u0001'))), field('inner', 'F', sized(field('a', 's', Buffer.from([0, 1])))), item('op/1'),
    ]);
    expect(changedProperties(Buffer.concat([flags(HEADERS), sized(table)]), { header: change.header })).toEqual(Buffer.concat([flags(HEADERS), sized(expected)]));
  });

  it('keeps a table whole that it cannot read, and refuses bytes that are no properties', () => {
    const odd = Buffer.concat([field('odd', '?', Buffer.from([1, 2, 3])), item('former/9')]);
    expect(changedProperties(Buffer.concat([flags(HEADERS), sized(odd)]), { header: change.header })).toEqual(Buffer.concat([flags(HEADERS), sized(Buffer.concat([odd, item('op/1')]))]));
    expect(() => changedProperties(Buffer.concat([flags(HEADERS), Buffer.from([0, 0, 1, 0])]), change)).toThrow(RangeError);
  });
});
