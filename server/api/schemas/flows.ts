import { z } from 'zod';
import { hopBacklogSchema } from '@/server/domain/health/backlog/hop-backlog-schema';
import { CRITICALITIES, STATUSES, type FlowDetail, type FlowRow } from '@/server/domain/health/flow-view';
import { SERIES_RANGES, type HopSeries } from '@/server/domain/health/series/hop-series';
import { slug } from './primitives';

const instant = z.iso.datetime().describe('RFC 3339 instant in UTC');
const figure = z.number().nullable();
const status = z.enum(STATUSES).describe('Always with the reason beside it');

const health = z.object({
  status,
  phase: z.enum(['active', 'recovering', 'settled']),
  rule: z.string().describe('Stable id of the rule that decided'),
  reason: z.string().describe('The reason in words, with the number behind it'),
  since: instant,
  evaluatedAt: instant,
});

const sparkPoint = z.object({
  minute: instant,
  leaves: figure.describe('Messages that left the last hop; null is a gap, not zero'),
  failedAttempts: figure,
  complete: z.boolean().describe('False while the minute is still filling'),
});

const row = {
  id: slug,
  name: z.string(),
  criticality: z.enum(CRITICALITIES),
  processes: z.array(z.object({ id: slug, name: z.string() })),
  owner: z.object({ business: z.string().nullable(), technical: z.string().nullable(), oncall: z.string().nullable() }),
  health,
  scope: z.object({
    text: z.string(), dimension: z.enum(['facility', 'payer', 'supplier', 'reason']).nullable(), value: z.string().nullable(), share: figure.describe('0 to 1'),
  }).nullable().describe('Where the failures are concentrated; null when nothing is wrong or they are spread out'),
  messagesPerMinute: figure,
  errorRate: figure.describe('0 to 1, over five minutes, the worst hop'),
  p95Ms: figure.describe('Milliseconds, the worst hop'),
  lastLeaveAt: instant.nullable(),
  backlog: z.object({
    waiting: z.string().describe('Sum over the hops where it is known, as a decimal string'),
    oldestAgeMs: figure,
    ageIsLowerBound: z.boolean().describe('The oldest has waited at least that long'),
  }).nullable().describe('What waits at the tapped hops; null where nothing measures it'),
  sparkline: z.array(sparkPoint),
};

const flowRowSchema = z.object(row).describe('A flow with its health') satisfies z.ZodType<FlowRow>;

export const flowDetailSchema = z.object({
  ...row,
  runbook: z.string().nullable(),
  contract: z.object({ version: z.string(), lifecycle: z.string(), sha256: z.string(), file: z.string(), loadedAt: instant }),
  slo: z.object({ objective: figure, latencyP95Ms: figure, origin: z.string().nullable() }),
  hops: z.array(z.object({
    hopId: slug, name: z.string(), channelId: z.string(), enteredPerMinute: figure, leftPerMinute: figure, errorRate: figure, p50Ms: figure, p95Ms: figure, lastLeaveAt: instant.nullable(),
    backlog: hopBacklogSchema.nullable().describe('Null where nothing taps the channel'),
  })),
  statusChanges: z.array(z.object({ at: instant, from: status.nullable(), to: status, reason: z.string() })).describe('Newest first'),
  recentTraces: z.array(z.object({ traceId: z.string(), startedAt: z.string(), durationMs: z.number(), isError: z.boolean(), reason: z.string() })).describe("Cut to the caller's scope"),
}).describe('A flow with its hops, contract, status history and newest traces') satisfies z.ZodType<FlowDetail>;

export const flowPageSchema = z.object({
  items: z.array(flowRowSchema),
  nextCursor: z.string().nullable().describe('Pass as cursor to go on; null on the last page'),
});

export const seriesRange = z.enum(SERIES_RANGES).default('1h').describe('How far back from now');

export const hopSeriesSchema = z.object({
  flowId: slug,
  hopId: slug,
  range: z.enum(SERIES_RANGES),
  bucketMs: z.number().describe('Length of each bucket'),
  asOf: instant,
  countedBy: z.enum(['traces', 'source']).nullable().describe('Who counted what entered and left; null where nobody did'),
  points: z.array(z.object({
    at: instant.describe('Start of the bucket'),
    complete: z.boolean().describe('False while traces of the bucket may still come in'),
    enteredPerMinute: figure.describe('Over the minutes of the bucket that are known; null is a gap, not zero'),
    leftPerMinute: figure,
    failedPerMinute: figure.describe('Failed attempts; null also where only the source counts'),
    p50Ms: figure.describe('Of the messages that left in the bucket'),
    p95Ms: figure,
    waiting: z.string().nullable().describe('The most that waited at any look, as a decimal string; null is a gap'),
    oldestAgeMs: figure.describe('The longest that the oldest had waited; 0 where nothing waited'),
    ageIsLowerBound: z.boolean().describe('The oldest had waited at least that long'),
  })).describe('Oldest first, without holes; the last bucket holds asOf'),
}).describe('Throughput, errors, latency and backlog of a hop over time') satisfies z.ZodType<HopSeries>;
