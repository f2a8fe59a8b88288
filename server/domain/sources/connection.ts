/** How a source is reached, per kind of source: what people fill in, without secrets. Shared by UI, API, files and connectors. */
import { z } from 'zod';

/** Kinds of sources that Signalbox can connect to. Sources of other kinds (`http`) are only recognised in telemetry. */
export const CONNECTABLE_KINDS = ['rabbitmq', 'postgres'] as const;
export type ConnectableKind = (typeof CONNECTABLE_KINDS)[number];

const pollSeconds = z.int().min(2, { error: 'must be at least 2 seconds' }).max(60, { error: 'must be at most 60 seconds' }).default(5);

export const urlOf = (protocols: RegExp, example: string) => z.url({ protocol: protocols, hostname: /./, error: `must be an address such as ${example}` })
  // What is no address at all has its own sentence above.
  .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), { error: 'must not carry a user or a password; they have fields of their own' })
  .transform((url) => url.replace(/\/+$/, ''));

export const tls = z.strictObject({
  /** PEM of the authority that signed the server's certificate; empty: those that the system trusts. */
  ca: z.string().max(65_536).optional(),
  /** The name that the certificate carries, where it is not the address. */
  serverName: z.string().max(253).optional(),
});

export const rabbitmqSettings = z.strictObject({
  /** Management API. */
  management: urlOf(/^https?$/, 'https://broker.internal:15671'),
  /** Without it there is no message tap: depth and rates only. */
  amqp: urlOf(/^amqps?$/, 'amqps://broker.internal:5671').optional(),
  /** Virtual hosts to look at; empty: all that the user may see. */
  vhosts: z.array(z.string().min(1).max(255)).max(200).default([]),
  pollSeconds,
  tls: tls.optional(),
});

export const postgresSettings = z.strictObject({
  host: z.string().trim().min(1, { error: 'must not be empty' }).max(253),
  port: z.int().min(1).max(65_535).default(5432),
  database: z.string().min(1, { error: 'must not be empty' }).max(63),
  /** Schemas to look for interface tables in; empty: all that the user may read. */
  schemas: z.array(z.string().min(1).max(63)).max(200).default([]),
  encryption: z.enum(['disable', 'require', 'verify-full']).default('verify-full'),
  pollSeconds,
  tls: tls.optional(),
});

export type RabbitmqSettings = z.infer<typeof rabbitmqSettings>;
export type PostgresSettings = z.infer<typeof postgresSettings>;

export const SETTINGS_OF_KIND = { rabbitmq: rabbitmqSettings, postgres: postgresSettings } as const;
export interface SettingsByKind { rabbitmq: RabbitmqSettings; postgres: PostgresSettings }

/** A user of the source and the password in clear. Lives in memory only; at rest it is encrypted. */
export const credentials = z.strictObject({
  user: z.string().min(1, { error: 'must not be empty' }).max(255),
  password: z.string().max(4_096),
});
export type Credentials = z.infer<typeof credentials>;

export type SourceSettings = { [K in ConnectableKind]: { kind: K; settings: SettingsByKind[K] } }[ConnectableKind];

/** Settings of a source by its kind. @throws z.ZodError with one issue per field */
export function parseSettings(kind: ConnectableKind, settings: unknown): SourceSettings {
  return { kind, settings: SETTINGS_OF_KIND[kind].parse(settings) } as SourceSettings;
}
