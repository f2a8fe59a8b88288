import type { TapReading } from '../backlog/tap-reading';
import type { NewestLook } from '../backlog/tap-facts';
import type { FlowSlo } from '../flow-slo';
import { counted, countedWaiting, drainInWords, durationInWords } from '../words';
import type { Finding, RuleInput } from './finding';

interface Threshold {
  rule: string;
  status: 'failing' | 'degraded';
  limit: string;
}

/** The contract's warn and page thresholds for what waits and how long the oldest has waited, measured at the channel. */
export function measuredBacklog({ tap, slo, now }: RuleInput): Finding | null {
  if (!tap?.current) return null;
  const threshold = firstExceeded(tap.current, slo);
  if (!threshold) return null;
  const { rule, status, limit } = threshold;
  const words = `${waitingInWords(tap.current)}; the contract ${status === 'failing' ? 'pages' : 'warns'} above ${limit}`;
  return tap.drain.kind === 'draining'
    ? { rule, status, phase: 'recovering', text: `${drainInWords(tap.drain, now)}${ratesInWords(tap)}; ${words}` }
    : { rule, status, phase: 'active', text: `${words}${tap.drain.kind === 'growing' ? `; growing by ${rounded(tap.drain.perMinute)} a minute${ratesInWords(tap)}` : ''}` };
}

/** An age that is only a lower bound counts as at least that: above the limit it is above for certain. */
function firstExceeded({ waiting, oldestAgeMs }: NewestLook, slo: FlowSlo): Threshold | null {
  const older = (limitMs: number | null) => limitMs !== null && oldestAgeMs !== null && oldestAgeMs > limitMs;
  const more = (limit: number | null) => limit !== null && waiting !== null && waiting > BigInt(limit);
  if (older(slo.oldestPageMs)) return { rule: 'oldest-waiting-page', status: 'failing', limit: durationInWords(slo.oldestPageMs ?? 0) };
  if (more(slo.backlogPage)) return { rule: 'backlog-page', status: 'failing', limit: counted(slo.backlogPage ?? 0, 'message') };
  if (older(slo.oldestWarnMs)) return { rule: 'oldest-waiting-warn', status: 'degraded', limit: durationInWords(slo.oldestWarnMs ?? 0) };
  if (more(slo.backlogWarn)) return { rule: 'backlog-warn', status: 'degraded', limit: counted(slo.backlogWarn ?? 0, 'message') };
  return null;
}

function waitingInWords({ waiting, oldestAgeMs, ageMethod }: NewestLook): string {
  const age = oldestAgeMs === null ? '' : `, the oldest for ${ageMethod === 'rank' ? 'at least ' : ''}${durationInWords(oldestAgeMs)}`;
  return `${waiting === null ? 'an unknown number of messages wait' : countedWaiting(waiting)}${age}`;
}

function ratesInWords({ pace }: TapReading): string {
  if (!pace) return '';
  const minute = (count: number) => rounded((count * 60_000) / pace.overMs);
  return ` (${minute(pace.left)} left, ${minute(pace.entered)} entered a minute)`;
}

function rounded(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value).toLocaleString('en-US');
}
