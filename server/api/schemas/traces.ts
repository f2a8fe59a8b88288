import { z } from 'zod';
import type { TraceView } from '@/server/services/traces/trace-view';

const texts = z.array(z.string());
const numbers = z.array(z.number());

export const traceSchema = z.object({
  traceId: z.string(),
  startedAt: z.string().describe('RFC 3339 with nanoseconds'),
  durationNs: z.string().describe('Nanoseconds as a decimal string'),
  asOf: z.iso.datetime(),
  spans: z.object({
    spanId: texts,
    parentIndex: z.array(z.number().int()).describe('Index of the parent in these arrays; -1 for a root or a parent that was not received'),
    name: texts, service: texts, kind: texts,
    startOffsetNs: numbers.describe('Nanoseconds since startedAt'),
    durationNs: numbers,
    isError: z.array(z.boolean()),
    flowId: texts, hopId: texts,
    leg: texts.describe('enter, leave, attempt or none'),
    statusReason: texts,
  }).describe('One array per column; position i belongs to one span'),
  linked: z.array(z.object({
    traceId: z.string(), spanId: z.string(), direction: z.enum(['to', 'from']), spanIndex: z.number().int(),
  })).describe('Links to and from other traces'),
}).describe('All spans of a trace, without attributes') satisfies z.ZodType<TraceView>;
