import { z } from 'zod';
import { AGE_METHODS } from '../../taps/facts';
import type { HopBacklog } from '../flow-view';

const figure = z.number().nullable();
const count = z.string().nullable().describe('A count as a decimal string; null is not known, never zero');

const drainForecast = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('empty') }),
  z.object({ kind: z.literal('draining'), fromMs: z.number(), toMs: z.number() }),
  z.object({ kind: z.literal('growing'), perMinute: z.number() }),
  z.object({ kind: z.literal('unknown'), reason: z.string() }),
]).describe('When the backlog will be worked off: a range in milliseconds, because rates vary');

/** What waits at a hop, as it is stored beside its status and answered by the API. */
export const hopBacklogSchema = z.object({
  waiting: count,
  inFlight: count,
  failed: count,
  held: count,
  consumers: figure,
  oldestAgeMs: figure,
  ageMethod: z.enum(AGE_METHODS).describe('How the age was found; rank is a lower bound'),
  ageNote: z.string(),
  enteredPerMinute: figure.describe('Over five minutes'),
  leftPerMinute: figure.describe('Over five minutes'),
  redeliveredPerMinute: figure.describe('Over five minutes'),
  drain: drainForecast,
  deadLetters: z.object({ channelId: z.string(), waiting: count, enteredPerMinute: figure }).nullable(),
  sampledAt: z.iso.datetime().nullable(),
  problem: z.string().nullable().describe('Why there are no current figures'),
}).describe('What waits at the hop, measured at its channel') satisfies z.ZodType<HopBacklog>;
