import { isScalar, LineCounter, parseDocument } from 'yaml';
import type { Guess } from '@/server/domain/sources/discovery';

/** A guess of a draft as it stands in the text now. */
export interface PlacedGuess extends Guess {
  /** Counts from 1; null where the text has no such place any more. */
  line: number | null;
  /** What stands there now; null where it is the guess itself, or cannot be compared. */
  changedTo: string | null;
}

const PATH_PART = /\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g;

/** `spec.path[0].when["attr:a"]` as keys and indexes. */
export function pathOf(at: string): (string | number)[] {
  return [...at.matchAll(PATH_PART)].map(([, quoted, index, key]) => (index === undefined ? (quoted ?? key ?? '') : Number(index)));
}

/** Finds each guess in the text of the draft. Text that is no YAML has no places. */
export function placeGuesses(yaml: string, guesses: readonly Guess[]): PlacedGuess[] {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, logLevel: 'silent' });
  return guesses.map((guess) => {
    const node: unknown = document.getIn(pathOf(guess.at), true);
    const offset = isRanged(node) ? node.range?.[0] : undefined;
    const value = isScalar(node) ? String(node.value) : null;
    return { ...guess, line: offset === undefined ? null : lines.linePos(offset).line, changedTo: value === null || value === guess.value ? null : value };
  });
}

function isRanged(node: unknown): node is { range?: [number, number, number] | null } {
  return typeof node === 'object' && node !== null && 'range' in node;
}
