import { createHash } from 'node:crypto';
import { flowSchema } from '@/server/domain/contracts/flow-schema';
import { processSchema } from '@/server/domain/contracts/process-schema';
import { uuidv7 } from '@/server/domain/ids';
import type { Leg } from '@/server/domain/mapping/span-mapper';
import type { ClickHouse } from '@/server/store/clickhouse/client';
import { schema, type Database } from '@/server/store/postgres';

/** A contract with one hop (`work`), or the hops given. */
export function flowContract(id: string, told: { criticality?: string; hops?: string[]; slo?: object; lifecycle?: string } = {}) {
  return flowSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Flow',
    metadata: { id, name: `Flow ${id}`, version: '1.0.0', lifecycle: told.lifecycle ?? 'active', owner: { oncall: 'oncall-integration' } },
    spec: {
      criticality: told.criticality ?? 'C2',
      path: (told.hops ?? ['work']).map((hop) => ({ id: hop, name: `Hop ${hop}`, channel: { source: 'broker', kind: 'queue', name: `${id}.${hop}` } })),
      slo: told.slo ?? { objective: 0.995, latency: { p95: 'PT4S' } },
    },
  });
}

export function processContract(id: string, flowIds: string[]) {
  return processSchema.parse({
    apiVersion: 'signalbox/v1', kind: 'Process', metadata: { id, name: `Process ${id}` },
    spec: { caseKey: 'order', steps: flowIds.map((flow) => ({ id: flow, evidence: [{ flow, hop: 'work', leg: 'leave' }] })) },
  });
}

/** Puts contracts in force as a load of the contract folder does. */
export async function plantContracts(db: Database, bodies: readonly (ReturnType<typeof flowContract> | ReturnType<typeof processContract>)[]): Promise<void> {
  for (const body of bodies) {
    const yaml = JSON.stringify(body);
    const versionId = uuidv7();
    const identity = { kind: body.kind, documentId: body.metadata.id };
    await db.insert(schema.contractVersions).values({
      ...identity, id: versionId, version: body.metadata.version, sha256: createHash('sha256').update(yaml).digest('hex'), file: `${body.metadata.id}.yaml`, yaml, document: body,
    });
    await db.insert(schema.activeContracts).values({ ...identity, versionId });
  }
}

export interface PlantedSpan {
  traceId?: string;
  spanId?: string;
  parentSpanId?: string;
  name?: string;
  atMs: number;
  durationMs?: number;
  receivedMs?: number;
  flowId?: string;
  hopId?: string;
  leg?: Leg;
  messageId?: string;
  isError?: boolean;
  reason?: string;
  facilityId?: string;
  payerId?: string;
  attributes?: Record<string, string>;
  links?: { traceId: string; spanId: string }[];
  /** Written by another collector: it knows none of our columns. */
  isForeign?: boolean;
}

let planted = 0;

/** Writes spans as a receiver would have mapped them; views fill the rollups. */
export async function plantSpans(clickhouse: ClickHouse, spans: readonly PlantedSpan[]): Promise<void> {
  await clickhouse.insertRows('otel_traces', spans.map((span) => {
    planted += 1;
    return {
      Timestamp: dateTime(span.atMs), TraceId: span.traceId ?? hex(planted, 32), SpanId: span.spanId ?? hex(planted, 16), ParentSpanId: span.parentSpanId ?? '',
      SpanName: span.name ?? 'work', SpanKind: 'Consumer', ServiceName: 'erp', Duration: String(Math.round((span.durationMs ?? 5) * 1e6)),
      StatusCode: span.isError ? 'Error' : 'Unset', SpanAttributes: span.attributes ?? {}, ResourceAttributes: { 'service.name': 'erp' },
      'Links.TraceId': (span.links ?? []).map((link) => link.traceId), 'Links.SpanId': (span.links ?? []).map((link) => link.spanId),
      'Links.TraceState': (span.links ?? []).map(() => ''), 'Links.Attributes': (span.links ?? []).map(() => ({})),
      FlowId: span.flowId ?? '', HopId: span.hopId ?? '', Leg: span.leg ?? 'none', MessageId: span.messageId ?? '', Reason: span.reason ?? '',
      FacilityId: span.facilityId ?? '', PayerId: span.payerId ?? '', ReceivedAt: dateTime(span.receivedMs ?? span.atMs), BatchId: span.isForeign ? '0' : '1',
    };
  }));
}

/** One receiver that reports to have everything up to `completeThroughMs`. */
export async function plantReceiverReport(db: Database, completeThroughMs: number, startedAtMs: number, reportedAt: Date): Promise<void> {
  const row = {
    component: 'receivers', instance: 'host:4318', status: 'ok', summary: 'Receiving.',
    detail: { completeThrough: new Date(completeThroughMs).toISOString() }, startedAt: new Date(startedAtMs), reportedAt,
  };
  await db.insert(schema.componentReports).values(row).onConflictDoUpdate({ target: [schema.componentReports.component, schema.componentReports.instance], set: row });
}

export function hex(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}

function dateTime(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
