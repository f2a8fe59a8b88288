import { z } from 'zod';

export const gateAnswerSchema = z.object({
  flow: z.string(),
  state: z.enum(['open', 'closed']).describe('closed: send nothing; what is under way may end'),
  ratePerSecond: z.string().nullable().describe('Decimal text; send no more than this per second. Null: as usual'),
  route: z.string().nullable().describe('Id of the alternate in the contract to send to instead. Null: the usual target'),
  maxStaleMs: z.number().int().describe('So long a client keeps to this answer while it gets no new one'),
  onUnavailable: z.enum(['open', 'closed']).describe('What it does after that'),
  reason: z.string().nullable(),
  asOf: z.string(),
});
