/** Text for commands that people copy into a shell. Names come from the broker: anybody who may declare a queue chose them. */

/** One argument, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll(`'`, String.raw`'\''`)}'`;
}

/** A pattern of the broker (PCRE) that fits this name and no other. */
export function exactPattern(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
