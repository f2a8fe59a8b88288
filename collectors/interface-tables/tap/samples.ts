/** Figures of tables as samples on the poll grid: one per share at each instant, whether the table was looked at or not. */
import type { BacklogSample } from '@/server/domain/taps/facts';
import type { OpenState } from '../dialect';
import type { TableFigures, TableWatch } from './table-watch';

/** A writer's clock this far ahead of the database's is worth a word. */
const AHEAD_MS = 2_000;

export function samplesOf(watch: TableWatch, { sourceId, channelType, sampleTime }: { sourceId: string; channelType: string; sampleTime: number }): BacklogSample[] {
  const { table, problem, figures } = watch;
  return table.shares.map(({ partition }): BacklogSample => {
    const empty = emptySample(sourceId, table.channelId, partition, channelType, sampleTime);
    if (problem || !figures) return { ...empty, error: problem?.message ?? 'The table was not looked at yet.', state: problem?.state ?? 'unknown' };
    const share = figures.question.shares.findIndex((known) => known.partition === partition);
    if (share < 0) return { ...empty, error: 'The table was not looked at for this contract yet.', state: 'unknown' };
    return { ...empty, ok: true, ...figuresOf(figures, share, sampleTime) };
  });
}

/** Samples of a look that did not come about. */
export function failedSamples(watch: TableWatch, error: string, of: { sourceId: string; channelType: string; sampleTime: number }): BacklogSample[] {
  return watch.table.shares.map(({ partition }) => ({ ...emptySample(of.sourceId, watch.table.channelId, partition, of.channelType, of.sampleTime), error, state: 'unreachable' }));
}

function figuresOf(figures: TableFigures, share: number, sampleTime: number): Partial<BacklogSample> {
  const { question, counts, counters } = figures;
  const rowsIn = (state: OpenState): bigint | null => (question.statuses[state] === undefined ? null : counts.find((count) => count.state === state)?.shares[share]?.rows ?? 0n);
  const totals = counters?.[share];
  // Where looks are slowed, the last figures stand until the next look, and say so.
  const isCarried = figures.sampleTime !== sampleTime;
  return {
    state: isCarried ? 'carried' : 'present',
    waiting: rowsIn('pending'), inFlight: rowsIn('inProgress'), failed: rowsIn('error'), held: rowsIn('held'),
    counters: totals ? { epoch: totals.epoch, entered: totals.entered, delivered: null, left: totals.left, redelivered: null } : null,
    ...ageOf(figures, share, isCarried ? `Figures of ${new Date(figures.sampleTime).toISOString()}: looks are slowed, see the source.` : ''),
  };
}

/** Both instants are the database's, so our clock plays no part. */
function ageOf({ question, counts, clockMs }: TableFigures, share: number, carried: string): Pick<BacklogSample, 'oldestAgeMs' | 'ageMethod' | 'ageNote'> {
  if (question.createdAt === null) return { oldestAgeMs: null, ageMethod: 'unknown', ageNote: `The contract names no readable createdAt column.${carried === '' ? '' : ` ${carried}`}` };
  const pending = counts.find(({ state }) => state === 'pending')?.shares[share];
  if (!pending || pending.rows === 0n) return { oldestAgeMs: null, ageMethod: 'row', ageNote: carried };
  if (pending.oldestCreatedMs === null) return { oldestAgeMs: null, ageMethod: 'unknown', ageNote: `Column ${question.createdAt} is empty in the rows that wait.` };
  const age = clockMs - pending.oldestCreatedMs;
  if (age < -AHEAD_MS) return { oldestAgeMs: 0, ageMethod: 'row', ageNote: `Column ${question.createdAt} lies ${Math.round(-age / 1000)} s after the database's clock: its writer's clock is ahead.` };
  return { oldestAgeMs: Math.max(0, Math.round(age)), ageMethod: 'row', ageNote: carried };
}

function emptySample(sourceId: string, channelId: string, partition: string, channelType: string, sampleTime: number): BacklogSample {
  return {
    kind: 'backlogSample', sourceId, channelId, partition, sampleTime, ok: false, error: '', channelType, state: '',
    waiting: null, inFlight: null, failed: null, held: null, consumers: null, counters: null, bytes: null, oldestAgeMs: null, ageMethod: 'unknown', ageNote: '',
  };
}
