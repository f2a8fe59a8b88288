import { z } from 'zod';
import { CONNECTABLE_KINDS } from '@/server/domain/sources/connection';
import type { SourceDescription } from '@/server/domain/sources/description';
import type { Discovery } from '@/server/domain/sources/discovery';
import type { SourceRequestView, SourceView } from '@/server/services/sources/source-view';

const settings = z.record(z.string(), z.unknown());

const tap = z.object({
  status: z.enum(['ok', 'warning', 'down', 'starting', 'off']), summary: z.string(), lastSuccessAt: z.string().nullable(), latencyMs: z.number().nullable(), rows: z.number().nullable(),
  lastError: z.string().nullable(), instance: z.string().nullable().describe('The collector process that taps it'), detail: z.record(z.string(), z.unknown()), reportedAt: z.string().nullable(),
});

export const sourceSchema = z.object({
  id: z.string(), name: z.string(), system: z.object({ id: z.string(), name: z.string() }), kind: z.enum([...CONNECTABLE_KINDS, 'http']),
  origin: z.enum(['console', 'file']).describe('file: declared by a contract file and changed there'), file: z.string().nullable(), enabled: z.boolean(),
  settings: settings.nullable().describe('Null where the source is only recognised in telemetry'),
  match: z.array(z.object({ address: z.string(), port: z.number().optional(), namespace: z.string().optional() })),
  observeUser: z.string().nullable(), leverUser: z.string().nullable().describe('Null: observe-only'),
  revision: z.number().nullable().describe('Send it with a change; null for sources of files'), updatedBy: z.string().nullable(), updatedAt: z.string().nullable(),
  flows: z.array(z.string()).describe('Flows in force with a hop on it'), tap,
}).describe('A source; passwords are never shown') satisfies z.ZodType<SourceView>;

export const sourcePageSchema = z.object({ items: z.array(sourceSchema), nextCursor: z.string().nullable() });
export const removedSchema = z.object({ id: z.string() });

const descriptionSchema = z.object({
  reachable: z.boolean(), problem: z.string(), product: z.string(), version: z.string(), isTestedVersion: z.boolean(), latencyMs: z.number().nullable(),
  clockDifferenceMs: z.number().nullable().describe("The source's clock minus ours"),
  capabilities: z.array(z.object({ id: z.enum(['depth', 'rates', 'message-tap', 'dead-letters', 'age', 'rows', 'alarms']), available: z.boolean(), note: z.string() })),
  permissions: z.array(z.object({ for: z.enum(['observe', 'message-tap', 'pause', 'canary', 'release', 'replay', 'reroute']), permission: z.string(), granted: z.boolean().nullable(), note: z.string() })),
  notes: z.array(z.string()),
}) satisfies z.ZodType<SourceDescription>;

const discoverySchema = z.object({
  nodes: z.array(z.object({
    id: z.string(), kind: z.enum(['exchange', 'queue', 'table', 'application']), name: z.string(), facts: z.array(z.object({ label: z.string(), text: z.string() })),
    flows: z.array(z.string()), notes: z.array(z.string()),
  })),
  edges: z.array(z.object({ from: z.string(), to: z.string(), kind: z.enum(['binding', 'dead-letter', 'alternate', 'consumes', 'publishes']), label: z.string() })),
  drafts: z.array(z.object({
    flowId: z.string(), name: z.string(), yaml: z.string(), guesses: z.array(z.object({ at: z.string(), value: z.string(), why: z.string() })), channels: z.array(z.string()),
  })),
  notes: z.array(z.string()),
}) satisfies z.ZodType<Discovery>;

export const sourceRequestSchema = z.object({
  id: z.string(), sourceId: z.string(), kind: z.enum(['test', 'discover']), state: z.enum(['waiting', 'running', 'done', 'failed']),
  requestedBy: z.string(), requestedAt: z.string(), finishedAt: z.string().nullable(),
  description: descriptionSchema.nullable(), discovery: discoverySchema.nullable(), error: z.string().nullable(),
}).describe('A test or a discovery; ask again until its state is done or failed') satisfies z.ZodType<SourceRequestView>;
