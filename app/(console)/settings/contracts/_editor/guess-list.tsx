import { countOf } from '../../../../_ui/format/number';
import type { PlacedGuess } from './guess-places';

/** What was concluded and not told, each with why; to be confirmed or corrected by a person. */
export function GuessList({ guesses, onGoTo }: { guesses: readonly PlacedGuess[]; onGoTo: (line: number) => void }) {
  return (
    <section aria-labelledby="guesses" className="space-y-2">
      <h2 id="guesses" className="font-medium">
        {countOf(guesses.length, 'guess', 'guesses')} to confirm
      </h2>
      <p className="text-muted">Marked with ? in the text. Correct what is wrong before you activate.</p>
      <ul className="divide-y divide-line border-y border-line">
        {guesses.map((guess) => (
          <li key={guess.at} className="py-2 break-words">
            <p>
              <span aria-hidden className="mr-1 font-semibold text-degraded">
                ?
              </span>
              <code className="break-all">{guess.at}</code>
              {guess.line !== null && (
                <>
                  {' '}
                  <button type="button" className="figure-link min-h-[24px] text-accent" onClick={() => onGoTo(guess.line ?? 1)}>
                    line {guess.line}
                  </button>
                </>
              )}
            </p>
            <p className="font-medium">{guess.value}</p>
            <p className="text-muted">{guess.why}</p>
            {guess.changedTo !== null && <p>Corrected to {guess.changedTo}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
