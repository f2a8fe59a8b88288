import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const ROLES = ['receivers', 'taps', 'evaluators', 'operations'] as const;
export type CollectorRole = (typeof ROLES)[number];

const environment = z.object({
  DATABASE_URL: z.string().min(1, 'is missing: postgresql://user:password@host:5432/signalbox'),
  CLICKHOUSE_URL: z.string().min(1, 'is missing: http://user:password@host:8123/signalbox'),
  CONTRACTS_DIR: z.string().default('contracts'),
  SIGNALBOX_DATA_DIR: z.string().default('.signalbox'),
  SIGNALBOX_SECRET: z
    .string({ error: 'is missing: 32 random bytes as base64, e.g. from "openssl rand -base64 32"; keep it, tokens of business keys depend on it' })
    .transform((text) => Buffer.from(text, 'base64'))
    .refine((bytes) => bytes.length >= 32, 'must be at least 32 bytes as base64'),
  OTLP_HTTP_HOST: z.string().default('127.0.0.1'),
  OTLP_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(4318),
  SPOOL_MAX_BYTES: z.coerce.number().int().min(1_000_000).default(2 * 1024 ** 3),
  /** Absent: a file in the data directory. Empty: none. */
  AUDIT_SINK_FILE: z.string().optional(),
  AUDIT_SINK_URL: z.union([z.literal(''), z.url({ protocol: /^https?$/, error: 'is no http(s) address' })]).default(''),
  AUDIT_SINK_TOKEN: z.string().default(''),
  AUDIT_SINK_INTERVAL_S: z.coerce.number().int().min(1).max(86_400).default(300),
  SPAN_MAX_AGE_DAYS: z.coerce.number().min(1).max(400).default(30),
  COLLECTORS_ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()).filter(Boolean))
    .pipe(z.array(z.enum(ROLES)).min(1)),
});

export interface CollectorSettings {
  databaseUrl: string;
  clickhouseUrl: string;
  contractsDir: string;
  spoolDir: string;
  secret: Buffer;
  otlpHost: string;
  otlpPort: number;
  /** On any other address than loopback a receiver asks for an ingest token. */
  isOpen: boolean;
  spoolMaxBytes: number;
  spanMaxAgeMs: number;
  /** Where the head of the audit chain goes. */
  auditSink: { file: string | null; url: string | null; token: string | undefined; everyMs: number };
  roles: ReadonlySet<CollectorRole>;
}

/** @throws Error with one sentence per setting that is missing or wrong */
export function readSettings(env: NodeJS.ProcessEnv): CollectorSettings {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${String(issue.path[0])} ${issue.message}`).join('\n'));
  }
  const e = parsed.data;
  return {
    databaseUrl: e.DATABASE_URL,
    clickhouseUrl: e.CLICKHOUSE_URL,
    contractsDir: resolve(e.CONTRACTS_DIR),
    spoolDir: join(resolve(e.SIGNALBOX_DATA_DIR), 'spool'),
    secret: e.SIGNALBOX_SECRET,
    otlpHost: e.OTLP_HTTP_HOST,
    otlpPort: e.OTLP_HTTP_PORT,
    isOpen: isLoopback(e.OTLP_HTTP_HOST),
    spoolMaxBytes: e.SPOOL_MAX_BYTES,
    spanMaxAgeMs: e.SPAN_MAX_AGE_DAYS * 86_400_000,
    auditSink: {
      file: e.AUDIT_SINK_FILE === '' ? null : resolve(e.AUDIT_SINK_FILE ?? join(e.SIGNALBOX_DATA_DIR, 'audit', 'anchors.jsonl')),
      url: e.AUDIT_SINK_URL || null, token: e.AUDIT_SINK_TOKEN || undefined, everyMs: e.AUDIT_SINK_INTERVAL_S * 1000,
    },
    roles: new Set(e.COLLECTORS_ROLES),
  };
}

/** 127.0.0.0/8 and ::1; a name other than localhost could resolve to anything. */
function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
