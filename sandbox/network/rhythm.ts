/** Share of the busiest hour's volume, by hour of the hospitals' day: operating rooms start at seven, nights are quiet. */
const HOURLY_SHARE = [
  0.4, 0.4, 0.4, 0.4, 0.42, 0.48, 0.62, 0.82, 0.95, 1, 1, 0.98,
  0.92, 0.95, 0.98, 0.94, 0.86, 0.78, 0.7, 0.62, 0.55, 0.5, 0.45, 0.42,
] as const;

const HOSPITAL_ZONE = 'America/Chicago';

const hourAndMinute = new Intl.DateTimeFormat('en-US', {
  timeZone: HOSPITAL_ZONE,
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
});

/**
 * Volume at an instant as a share (0..1] of the busiest hour's, interpolated between full hours of the hospitals' day.
 * @param at the instant; its wall-clock time in the hospitals' zone counts
 */
export function volumeShare(at: Date): number {
  const parts = hourAndMinute.formatToParts(at);
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value ?? 0);
  const hour = part('hour') % 24;
  const from = HOURLY_SHARE[hour] ?? 1;
  const to = HOURLY_SHARE[(hour + 1) % 24] ?? 1;
  return from + (to - from) * (part('minute') / 60);
}

/** Milliseconds until the next message of a stream that has `busiestPerMinute` messages in its busiest hour. */
export function gapMs(busiestPerMinute: number, at: Date): number {
  return 60_000 / (busiestPerMinute * volumeShare(at));
}
