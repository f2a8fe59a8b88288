import { z } from 'zod';
import type { SystemHealth } from '@/server/services/system/system-view';

const word = z.enum(['ok', 'warning', 'down']);

export const bareHealthSchema = z.object({ status: word }).describe('What may be said without sign-in');

export const systemHealthSchema = z.object({
  status: word,
  asOf: z.iso.datetime(),
  components: z.array(z.object({
    component: z.string(), instance: z.string(), status: word, summary: z.string(), detail: z.record(z.string(), z.unknown()), reportedAt: z.string().nullable(),
  })),
  ingestCounts: z.array(z.object({ day: z.string(), kind: z.string(), subject: z.string(), count: z.string(), lastAt: z.string() })).describe('What ingest did not take as it came, by reason'),
  contractProblems: z.array(z.object({ file: z.string(), line: z.number().nullable(), rule: z.string(), message: z.string(), foundAt: z.string() })),
}).describe('Health of Signalbox itself, part by part') satisfies z.ZodType<SystemHealth>;
