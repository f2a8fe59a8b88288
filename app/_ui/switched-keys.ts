/** The selected keys after one of the shown ones was switched; with `upTo` all between the two are switched alike. */
export function switchedKeys(shown: readonly string[], selected: ReadonlySet<string>, key: string, on: boolean, upTo: string | null): Set<string> {
  const [a, b] = [shown.indexOf(key), upTo === null ? -1 : shown.indexOf(upTo)];
  const touched = b === -1 ? [key] : shown.slice(Math.min(a, b), Math.max(a, b) + 1);
  const next = new Set(selected);
  for (const one of touched) {
    if (on) next.add(one);
    else next.delete(one);
  }
  return next;
}
