/**
 * ISO 8601 durations as contracts use them: `P30D`, `PT15M`, `P1DT12H`, `PT0.5S`, `P2W`. Years and months are refused:
 * their length depends on the calendar, and a deadline must not.
 */

const MS_PER = { W: 604_800_000, D: 86_400_000, H: 3_600_000, M: 60_000, S: 1000 } as const;

const WEEKS = /^P(\d{1,5})W$/;
const DAYS_AND_TIME = /^P(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,8}(?:\.\d{1,3})?)S)?)?$/;
const CALENDAR_UNITS = /^P(?:\d+(?:\.\d+)?Y|(?:\d+Y)?\d+(?:\.\d+)?M)/;

/** Why a text is not a duration we take, as a sentence; null when it is one. */
export function durationProblem(text: string): string | null {
  if (parseDurationMs(text) !== null) return null;
  if (CALENDAR_UNITS.test(text)) return `"${text}" uses years or months, whose length varies: write days or weeks, e.g. P30D`;
  return `"${text}" is not an ISO 8601 duration: write e.g. PT15M, PT4H, P5D or P2W`;
}

/** Length in whole milliseconds with a day of 24 hours; null when the text is not a duration we take. */
export function parseDurationMs(text: string): number | null {
  const weeks = WEEKS.exec(text);
  if (weeks) return Number(weeks[1]) * MS_PER.W;
  const parts = DAYS_AND_TIME.exec(text);
  if (!parts || parts.slice(1).every((part) => part === undefined)) return null;
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] = parts;
  return Number(days) * MS_PER.D + Number(hours) * MS_PER.H + Number(minutes) * MS_PER.M + Math.round(Number(seconds) * MS_PER.S);
}

/**
 * Length in whole milliseconds of a duration from a validated contract.
 * @throws RangeError when the text is not a duration: such a contract could not have been loaded.
 */
export function durationMs(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new RangeError(durationProblem(text) ?? text);
  return ms;
}
