import { z } from 'zod';
import { hopBacklogSchema } from './backlog/hop-backlog-schema';

const instant = z.string().nullable();
const figure = z.number().nullable();

/** The numbers behind a status as the evaluator stores them beside it. Null is "not known", never zero. */
export const flowFiguresSchema = z.object({
  hops: z.array(z.object({
    hopId: z.string(),
    enteredPerMinute: figure,
    leftPerMinute: figure,
    /** 0..1 over five minutes. */
    errorRate: figure,
    p50Ms: figure,
    p95Ms: figure,
    lastLeaveAt: instant,
    /** Remembered from before a silence, because the silence itself has no gaps to measure. */
    usualGapMs: figure,
    backlog: hopBacklogSchema.nullable().default(null),
  })),
  scope: z.object({
    text: z.string(),
    dimension: z.enum(['facility', 'payer', 'supplier', 'reason']).nullable(),
    value: z.string().nullable(),
    share: figure,
  }).nullable(),
  messagesPerMinute: figure,
  errorRate: figure,
  p95Ms: figure,
  lastLeaveAt: instant,
  /** The facts are complete up to here. */
  completeThrough: instant,
});

export type FlowFigures = z.infer<typeof flowFiguresSchema>;

export const NO_FIGURES: FlowFigures = {
  hops: [], scope: null, messagesPerMinute: null, errorRate: null, p95Ms: null, lastLeaveAt: null, completeThrough: null,
};
