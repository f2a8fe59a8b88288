/** What values of status columns usually mean. A word alone proves nothing: every use is shown as a guess with its reason. */
import type { OpenState } from '../dialect';

export type StatusMeaning = OpenState | 'done';

const WORDS: Record<StatusMeaning, readonly string[]> = {
  pending: ['PENDING', 'NEW', 'READY', 'QUEUED', 'WAITING', 'UNPROCESSED', 'TO_SEND', 'CREATED', 'OPEN', 'N', 'R', 'U', 'Q', 'W'],
  inProgress: ['PROCESSING', 'IN_PROGRESS', 'INPROGRESS', 'IN_PROCESS', 'RUNNING', 'CLAIMED', 'SENDING', 'WORKING', 'LOCKED', 'STARTED', 'P', 'I', 'L'],
  done: ['DONE', 'COMPLETE', 'COMPLETED', 'PROCESSED', 'SENT', 'PUBLISHED', 'DELIVERED', 'SUCCESS', 'SUCCEEDED', 'FINISHED', 'POSTED', 'OK', 'C', 'D', 'S', 'Y'],
  error: ['ERROR', 'FAILED', 'FAILURE', 'FAIL', 'ERRORED', 'REJECTED', 'DEAD', 'E', 'F', 'X'],
  held: ['HELD', 'HOLD', 'ON_HOLD', 'PAUSED', 'PARKED', 'SUSPENDED', 'H'],
};
/** Letters that mean one thing beside some letters and another thing beside others. */
const LONE_PENDING = 'P';
const MEANINGS: readonly StatusMeaning[] = ['pending', 'inProgress', 'done', 'error', 'held'];

export interface StatusGuess {
  meaning: StatusMeaning;
  value: string;
  why: string;
}

/** The first value for each meaning, by the order of the words; `unknown` are values that no list knows. */
export function guessStatuses(values: readonly string[], defaultValue: string | null): { guesses: StatusGuess[]; unknown: string[] } {
  const guesses: StatusGuess[] = [];
  for (const meaning of MEANINGS) {
    const found = WORDS[meaning].map((word) => values.find((value) => normalised(value) === word)).find((value) => value !== undefined);
    if (found !== undefined) guesses.push({ meaning, value: found, why: found.length === 1 ? `"${found}" often stands for ${inWords(meaning)} in interface tables` : `the word "${found}" means ${inWords(meaning)}` });
  }
  correctByDefault(guesses, values, defaultValue);
  const used = new Set(guesses.map(({ value }) => value));
  return { guesses, unknown: values.filter((value) => !used.has(value)) };
}

/** What new rows get waits, whatever its name; and P alone is pending, not processing. */
function correctByDefault(guesses: StatusGuess[], values: readonly string[], defaultValue: string | null): void {
  const pending = guesses.find(({ meaning }) => meaning === 'pending');
  if (defaultValue !== null && values.includes(defaultValue)) {
    const other = guesses.findIndex(({ value, meaning }) => value === defaultValue && meaning !== 'pending');
    if (other >= 0 && guesses[other]?.meaning !== 'inProgress') return;
    if (other >= 0) guesses.splice(other, 1);
    const why = `"${defaultValue}" is the default of the column, so new rows have it`;
    if (pending) Object.assign(pending, { value: defaultValue, why });
    else guesses.unshift({ meaning: 'pending', value: defaultValue, why });
    return;
  }
  const progress = guesses.findIndex(({ meaning, value }) => meaning === 'inProgress' && normalised(value) === LONE_PENDING);
  if (pending === undefined && progress >= 0) {
    const { value } = guesses.splice(progress, 1)[0]!;
    guesses.unshift({ meaning: 'pending', value, why: `"${value}" is taken for pending, because no other value means that` });
  }
}

const normalised = (value: string) => value.trim().toUpperCase().replace(/[\s-]+/g, '_');

const IN_WORDS: Record<StatusMeaning, string> = { pending: 'waiting', inProgress: 'in progress', done: 'finished', error: 'failed', held: 'held' };
export const inWords = (meaning: StatusMeaning): string => IN_WORDS[meaning];
