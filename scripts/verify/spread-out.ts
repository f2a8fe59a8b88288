const AT_FIRST = 3;
/** About what two workers do of them in the time in which one does a long one. */
const SHORT_BETWEEN = 3;

/** Three long ones, then another after every three short ones, as long as there are both; the order within a kind stays. */
export function spreadOut<T>(items: readonly T[], isLong: (item: T) => boolean): T[] {
  const long = items.filter(isLong);
  const short = items.filter((item) => !isLong(item));
  const spread = long.splice(0, AT_FIRST);
  while (long.length > 0) spread.push(...short.splice(0, SHORT_BETWEEN), ...long.splice(0, 1));
  return [...spread, ...short];
}
