/** An instant in a sentence, e.g. `2026-11-27 14:03:02 UTC`. */
export function instantWords(at: Date | number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
