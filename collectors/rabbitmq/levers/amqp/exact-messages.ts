/**
 * Messages taken and published exactly as they are. The client library has no way to do either, so this reaches into it:
 * it looks at each frame before the library reads it, and writes frames of its own where the library would write them.
 */
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

const FRAME_METHOD = 1;
const FRAME_HEADER = 2;
const FRAME_BODY = 3;
const FRAME_END = Buffer.from([206]);
/** Type, channel and size before the payload, and the end after it. */
const FRAME_HEAD_BYTES = 7;
const FRAME_OVERHEAD = FRAME_HEAD_BYTES + 1;
const CLASS_BASIC = 60;
const METHOD_PUBLISH = 40;
const MANDATORY = 1;
/** Class, weight and size of the body before the flags. */
const PROPERTIES_AT = 12;

const EXACT = Symbol('properties as they came');

interface Inside {
  rest: Buffer;
  frameMax: number;
  sentSinceLastCheck: boolean;
  recvFrame(): unknown;
  channels: ({ buffer: { write(bytes: Buffer): boolean } } | null)[];
}

function inside(connection: unknown): Inside {
  const it = connection as Partial<Inside>;
  if (!Buffer.isBuffer(it.rest) || typeof it.recvFrame !== 'function' || !Array.isArray(it.channels) || typeof it.frameMax !== 'number') {
    throw new TypeError('The AMQP library is another version than the one that messages can be moved with unchanged.');
  }
  return it as Inside;
}

/**
 * From here on, messages that arrive on this connection carry their properties as bytes. Headers that the library cannot read
 * no longer end the connection: such a message arrives without properties that can be read, and can still be moved.
 */
export function keepExactProperties(model: ChannelModel): void {
  const connection = inside(model.connection);
  const read = connection.recvFrame.bind(connection);
  connection.recvFrame = () => {
    const header = headerIn(connection.rest);
    if (header === null) return read();
    let readFrame: { fields: Record<symbol, Buffer> };
    try {
      readFrame = read() as typeof readFrame;
    } catch {
      // The library has taken the frame off before it failed to read what is in it.
      readFrame = { id: CLASS_BASIC, channel: header.channel, size: header.size, fields: {} } as unknown as typeof readFrame;
    }
    readFrame.fields[EXACT] = header.properties;
    return readFrame;
  };
}

/** The header of a message, when that is the next whole frame. */
function headerIn(bytes: Buffer): { channel: number; size: number; properties: Buffer } | null {
  if (bytes.length < FRAME_HEAD_BYTES || bytes.readUInt8(0) !== FRAME_HEADER) return null;
  const end = FRAME_HEAD_BYTES + bytes.readUInt32BE(3);
  if (bytes.length < end + 1) return null;
  const payload = bytes.subarray(FRAME_HEAD_BYTES, end);
  return { channel: bytes.readUInt16BE(1), size: Number(payload.readBigUInt64BE(4)), properties: Buffer.from(payload.subarray(PROPERTIES_AT)) };
}

/** Flags and values of a message that came over a connection with `keepExactProperties`. @throws TypeError for any other */
export function exactProperties(message: ConsumeMessage): Buffer {
  const bytes = (message.properties as unknown as Record<symbol, unknown>)[EXACT];
  if (!Buffer.isBuffer(bytes)) throw new TypeError('This message did not come over a connection that keeps properties exactly.');
  return bytes;
}

/** Like `channel.publish`, in one order with everything else that is sent on this channel. @param properties flags and values */
export function publishExactly(channel: Channel, to: { exchange: string; routingKey: string; mandatory?: boolean }, properties: Buffer, content: Buffer): void {
  const { ch } = channel as unknown as { ch: number };
  const connection = inside(channel.connection);
  const target = connection.channels[ch];
  if (!target) throw new Error('The channel is closed.');
  const method = Buffer.concat([uint16(CLASS_BASIC), uint16(METHOD_PUBLISH), uint16(0), shortText(to.exchange), shortText(to.routingKey), Buffer.from([to.mandatory ? MANDATORY : 0])]);
  const header = Buffer.concat([uint16(CLASS_BASIC), uint16(0), uint64(content.length), properties]);
  const most = connection.frameMax - FRAME_OVERHEAD;
  const bodies: Buffer[] = [];
  for (let at = 0; at < content.length; at += most) bodies.push(frame(FRAME_BODY, ch, content.subarray(at, at + most)));
  connection.sentSinceLastCheck = true;
  target.buffer.write(Buffer.concat([frame(FRAME_METHOD, ch, method), frame(FRAME_HEADER, ch, header), ...bodies]));
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(type);
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, FRAME_END]);
}

function shortText(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
