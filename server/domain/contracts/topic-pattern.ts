/** AMQP topic patterns: words between dots, `*` is exactly one word, `#` is any number of words. */

/** Whether a routing key fits a pattern that was split into words. */
export function routingKeyFits(pattern: readonly string[], key: readonly string[], p = 0, k = 0): boolean {
  if (p === pattern.length) return k === key.length;
  if (pattern[p] === '#') {
    for (let skip = k; skip <= key.length; skip++) if (routingKeyFits(pattern, key, p + 1, skip)) return true;
    return false;
  }
  return k < key.length && (pattern[p] === '*' || pattern[p] === key[k]) && routingKeyFits(pattern, key, p + 1, k + 1);
}

/** Whether some routing key fits both patterns. */
export function topicPatternsMeet(a: readonly string[], b: readonly string[], i = 0, j = 0): boolean {
  if (i === a.length && j === b.length) return true;
  if (a[i] === '#') return topicPatternsMeet(a, b, i + 1, j) || (j < b.length && topicPatternsMeet(a, b, i, j + 1));
  if (b[j] === '#') return topicPatternsMeet(b, a, j, i);
  if (i === a.length || j === b.length) return false;
  return (a[i] === '*' || b[j] === '*' || a[i] === b[j]) && topicPatternsMeet(a, b, i + 1, j + 1);
}
