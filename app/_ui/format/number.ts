/** Shown where a number is not known. Zero is a number and is shown as 0. */
export const NOT_KNOWN = '–';

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const ONE_PLACE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** Whole count with thousands separators; 64-bit counters arrive as decimal strings and stay exact. */
export function formatCount(count: number | string | bigint | null): string {
  if (count === null) return NOT_KNOWN;
  return GROUPED.format(typeof count === 'string' ? BigInt(count) : count);
}

/** Rate without its unit: one decimal place below ten, where it matters. */
export function formatRate(rate: number | null): string {
  if (rate === null) return NOT_KNOWN;
  return Math.abs(rate) < 10 ? ONE_PLACE.format(rate) : GROUPED.format(rate);
}

/** Share of one as percent: `31 %`, `0.4 %`, and `< 0.1 %` for what would round to a false zero. */
export function formatPercent(share: number | null): string {
  if (share === null) return NOT_KNOWN;
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${percent < 10 ? ONE_PLACE.format(percent) : GROUPED.format(percent)} %`;
}

/** `1 flow`, `2 flows`: a count with its noun. */
export function countOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}
