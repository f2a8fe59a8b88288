import type { ContractProblem } from '@/server/domain/contracts/rules';
import { countOf } from '../../../../_ui/format/number';
import { Verdict } from '../../../../_ui/status/verdict';

interface Props {
  /** Null while the first check is under way. */
  problems: readonly ContractProblem[] | null;
  checking: boolean;
  /** The file whose lines the editor shows; problems of others name theirs. */
  onGoTo: (line: number) => void;
}

/** What is wrong with the contract, by line and rule; each line can be gone to. */
export function ProblemList({ problems, checking, onGoTo }: Props) {
  return (
    <section aria-label="Problems" className="space-y-2">
      <p role="status" className="font-medium">
        {problems === null || checking ? (
          <span className="text-muted">Checking …</span>
        ) : problems.length === 0 ? (
          <Verdict kind="yes">No problems: it can be activated</Verdict>
        ) : (
          <Verdict kind="no">{countOf(problems.length, 'problem')}: it cannot be activated</Verdict>
        )}
      </p>
      {problems !== null && problems.length > 0 && (
        <ul className="space-y-1">
          {problems.map((problem) => (
            <li key={`${problem.file} ${problem.line} ${problem.rule} ${problem.message}`} className="break-words">
              <Place problem={problem} onGoTo={onGoTo} /> {problem.message} <span className="text-muted">({problem.rule})</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** A problem in a contract file is named, because it cannot be gone to. */
function Place({ problem: { file, line }, onGoTo }: { problem: ContractProblem; onGoTo: (line: number) => void }) {
  if (/\.ya?ml$/i.test(file)) return <span className="text-muted">{line === null ? file : `${file}:${line}`}:</span>;
  if (line === null) return null;
  return (
    <button type="button" className="figure-link min-h-[24px] text-accent" onClick={() => onGoTo(line)}>
      Line {line}
    </button>
  );
}
