const DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const UNIT_SECONDS = [604_800, 86_400, 3_600, 60, 1] as const;

/**
 * A real-life ISO 8601 duration in sandbox time: divided by the factor, rounded to whole seconds, never under one.
 * Anything that is not a duration (`next-day 06:00`) stays as it is.
 */
export function compressDuration(text: string, factor: number): string {
  const parts = DURATION.exec(text)?.slice(1);
  if (parts === undefined || parts.every((part) => part === undefined)) return text;
  const seconds = parts.reduce((sum, part, unit) => sum + Number(part ?? 0) * (UNIT_SECONDS[unit] ?? 0), 0);
  return durationOf(Math.max(1, Math.round(seconds / factor)));
}

function durationOf(totalSeconds: number): string {
  const days = Math.floor(totalSeconds / 86_400);
  const hours = Math.floor((totalSeconds % 86_400) / 3_600);
  const minutes = Math.floor((totalSeconds % 3_600) / 60);
  const seconds = totalSeconds % 60;
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds ? `${seconds}S` : ''}`;
  return `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}`;
}
