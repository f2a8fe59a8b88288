/** Channels: where messages wait or are served. The one place that knows how a channel is written as an id. */
import { z } from 'zod';
import { nativeText, oneOrMore, slug } from './scalars';

const queueChannel = z.strictObject({
  source: slug,
  kind: z.literal('queue'),
  vhost: nativeText.default('/'),
  /** The exchange that producers publish to, and the binding keys by which this queue gets its share. */
  exchange: nativeText.optional(),
  keys: z.array(nativeText).min(1).optional(),
  name: nativeText,
  deadLetter: z.strictObject({ exchange: z.string().max(200).optional(), queue: nativeText }).optional(),
});

const tableChannel = z.strictObject({
  source: slug,
  kind: z.literal('table'),
  schema: nativeText.default('public'),
  table: nativeText,
  key: nativeText.optional(),
  status: z.strictObject({
    column: nativeText, pending: nativeText, inProgress: nativeText.optional(), done: nativeText.optional(),
    error: nativeText.optional(), held: nativeText.optional(),
  }).optional(),
  createdAt: nativeText.optional(),
  updatedAt: nativeText.optional(),
  attempts: nativeText.optional(),
  errorText: nativeText.optional(),
  destination: nativeText.optional(),
  /** Only the rows with these values, where one table serves several flows: column to value or values. */
  where: z.record(nativeText, oneOrMore(nativeText)).optional(),
});

const routeChannel = z.strictObject({
  source: slug,
  kind: z.literal('route'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
  path: z.string().regex(/^\/[^\s?#]*$/, { error: 'must be a path that starts with "/" and has no query, e.g. /po/v1/orders/{orderId}' }),
});

export const channelSchema = z.discriminatedUnion('kind', [queueChannel, tableChannel, routeChannel], {
  error: (issue) => (issue.code === 'invalid_union' ? 'kind must be queue, table or route' : undefined),
});

export type Channel = z.infer<typeof channelSchema>;
export type QueueChannel = Extract<Channel, { kind: 'queue' }>;
export type TableChannel = Extract<Channel, { kind: 'table' }>;

/** The kind of source that can carry a channel of this kind. */
export const SOURCE_KIND_OF_CHANNEL = { queue: 'rabbitmq', table: 'postgres', route: 'http' } as const;

/**
 * The channel's id: source, kind and native name, e.g. `rabbit-main:queue:/:claims.work`,
 * `erp-db:table:public.po_interface`, `erp-api:route:POST /po/v1/orders`. Characters that separate parts of that kind
 * are percent-encoded inside a part, so two channels never share an id.
 */
export function channelId(channel: Channel): string {
  switch (channel.kind) {
    case 'queue': return `${channel.source}:queue:${encodePart(channel.vhost, ':')}:${encodePart(channel.name, ':')}`;
    case 'table': return `${channel.source}:table:${encodePart(channel.schema, '.')}.${encodePart(channel.table, '.')}`;
    case 'route': return `${channel.source}:route:${channel.method} ${encodePart(channel.path, '')}`;
  }
}

/** Id of the queue that takes a queue's dead letters; null where the contract names none. */
export function deadLetterChannelId(channel: Channel): string | null {
  if (channel.kind !== 'queue' || channel.deadLetter === undefined) return null;
  return channelId({ ...channel, name: channel.deadLetter.queue });
}

/** Names the share of a channel that a contract takes, e.g. `destination=billing`; empty where it takes all of it. */
export function channelPartition(channel: Channel): string {
  if (channel.kind !== 'table' || channel.where === undefined) return '';
  return Object.entries(channel.where).toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([column, values]) => `${encodePart(column, '=')}=${values.map((value) => encodePart(value, ',')).join(',')}`).join(' ');
}

/** Whether a share may have rows with this value of a column, by its name; a text that names no share may have any. */
export function isInPartition(partition: string, column: string, value: string): boolean {
  try {
    const parts = partition === '' ? [] : partition.split(' ').map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const);
    const named = parts.find(([name]) => decodeURIComponent(name) === column);
    return named === undefined || named[1].split(',').some((one) => decodeURIComponent(one) === value);
  } catch {
    return true;
  }
}

/** Escapes `%`, white space and control characters, and the kind's own separator; everything else stays readable. */
function encodePart(part: string, separator: string): string {
  let encoded = '';
  for (const character of part) {
    encoded += character === '%' || character === separator || /[\s\p{Cc}]/u.test(character) ? encodeURIComponent(character).replaceAll('.', '%2E').replaceAll(':', '%3A') : character;
  }
  return encoded;
}
