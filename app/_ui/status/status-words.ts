import type { Status } from '@/server/domain/health/flow-view';

export const STATUS_WORD: Record<Status, string> = {
  failing: 'Failing',
  degraded: 'Degraded',
  silent: 'Silent',
  held: 'Held',
  unknown: 'Unknown',
  healthy: 'Healthy',
};

/** Text colour per status; the shape and the word carry the meaning without it. */
export const STATUS_TONE: Record<Status, string> = {
  failing: 'text-failing',
  degraded: 'text-degraded',
  held: 'text-held',
  healthy: 'text-healthy',
  silent: 'text-neutral',
  unknown: 'text-neutral',
};
