/** Changes places of one message, and nothing else of it: every other byte of body and properties stays as it was. */
import type { ConsumeMessage } from 'amqplib';
import { requireSelector } from '@/server/domain/contracts/selector';
import { replaceJsonValue } from '@/server/domain/json-text';
import type { EditChange } from '@/server/domain/operations/edit';
import { changedProperties } from '../amqp/wire-properties';

export interface EditedMessage {
  /** Flags and values as on the wire. */
  properties: Buffer;
  content: Buffer;
  /** For those who read it as the client library does. */
  view: ConsumeMessage;
  /** What stood at each place. */
  before: EditChange[];
}

/** @param properties of the message as they came @returns the problem names places, never values */
export function editMessage(message: ConsumeMessage, properties: Buffer, changes: readonly EditChange[]): EditedMessage | { problem: string } {
  let edited = { properties, text: message.content.toString('utf8'), headers: { ...message.properties.headers } as Record<string, unknown> };
  const before: EditChange[] = [];
  for (const { at, to } of changes) {
    const place = requireSelector(at);
    if (place.kind === 'header') {
      const old = Object.hasOwn(edited.headers, place.name) ? edited.headers[place.name] : undefined;
      if (typeof old !== 'string') return { problem: `${at}: ${old === undefined ? 'the message has no such header' : 'this header is no text'}.` };
      before.push({ at, to: old });
      edited = { ...edited, properties: changedProperties(edited.properties, { header: { name: place.name, value: to } }), headers: { ...edited.headers, [place.name]: to } };
    } else if (place.kind === 'body') {
      if (before.every((one) => !one.at.startsWith('body:')) && !isPlainText(message)) return { problem: `${at}: the body is compressed or no UTF-8.` };
      const replaced = replaceJsonValue(edited.text, place.pointer, to);
      if ('problem' in replaced) return { problem: `${at}: ${replaced.problem}.` };
      before.push({ at, to: replaced.before });
      edited = { ...edited, text: replaced.text };
    } else {
      return { problem: `${at} is no place of a message that can be changed.` };
    }
  }
  const content = changes.some(({ at }) => at.startsWith('body:')) ? Buffer.from(edited.text, 'utf8') : message.content;
  return { properties: edited.properties, content, view: { ...message, content, properties: { ...message.properties, headers: edited.headers } }, before };
}

function isPlainText({ content, properties: { contentEncoding } }: ConsumeMessage): boolean {
  const encoding = typeof contentEncoding === 'string' ? contentEncoding.toLowerCase() : '';
  return ['', 'utf-8', 'utf8', 'identity'].includes(encoding) && Buffer.from(content.toString('utf8'), 'utf8').equals(content);
}
