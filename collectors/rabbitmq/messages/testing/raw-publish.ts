/** Publishes frames written by hand: headers that no client library would send. */
import type { Channel } from 'amqplib';

const FRAME_METHOD = 1;
const FRAME_HEADER = 2;
const FRAME_BODY = 3;
const FRAME_END = Buffer.from([206]);

/** @param headers the content of the field table, without its length */
export function publishRaw(channel: Channel, exchange: string, routingKey: string, headers: Buffer, content: Buffer): void {
  const inside = channel as unknown as { ch: number; connection: { stream: { write(bytes: Buffer): void } } };
  const method = Buffer.concat([uint16(60), uint16(40), uint16(0), shortText(exchange), shortText(routingKey), Buffer.from([0])]);
  // Property flags: headers only.
  const properties = Buffer.concat([uint16(60), uint16(0), uint64(content.length), uint16(1 << 13), uint32(headers.length), headers]);
  inside.connection.stream.write(Buffer.concat([
    frame(FRAME_METHOD, inside.ch, method), frame(FRAME_HEADER, inside.ch, properties),
    ...(content.length > 0 ? [frame(FRAME_BODY, inside.ch, content)] : []),
  ]));
}

/** One entry of a field table. @param tag the letter of its type */
export function field(name: Buffer | string, tag: string, value: Buffer): Buffer {
  return Buffer.concat([shortText(name), Buffer.from(tag), value]);
}

/** A string, or any other value that begins with its length. */
export function sized(bytes: Buffer | string): Buffer {
  const value = Buffer.from(bytes as string);
  return Buffer.concat([uint32(value.length), value]);
}

/** Tables within tables: each level costs six bytes. */
export function nestedTables(levels: number): Buffer {
  let offset = 0;
  const bytes = Buffer.alloc(levels * 6);
  for (let level = levels - 1; level >= 0; level--) {
    bytes.writeUInt8(0, offset);
    bytes.write('F', offset + 1);
    bytes.writeUInt32BE(level * 6, offset + 2);
    offset += 6;
  }
  return bytes;
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), uint16(channel), uint32(payload.length), payload, FRAME_END]);
}

function shortText(text: Buffer | string): Buffer {
  const bytes = Buffer.from(text as string);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
