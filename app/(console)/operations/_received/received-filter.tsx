import { RECEIVED_DECISIONS, RECEIVED_DECISION_WORDS, countStanding, type ReceivedCounts, type ReceivedStanding } from '@/server/domain/operations/received-decision';
import type { ReceivedMessageView } from '@/server/services/operations/received/received-view';
import { formatCount } from '../../../_ui/format/number';
import type { ReceivedFilterValues } from './search-params';

interface Props {
  counts: ReceivedCounts;
  values: ReceivedFilterValues;
  setValues: (change: Partial<ReceivedFilterValues>) => void;
  /** Payers and facilities to choose from are those of the messages on the screen. */
  messages: readonly ReceivedMessageView[];
}

const STANDINGS: readonly ReceivedStanding[] = ['undecided', ...RECEIVED_DECISIONS];

/** By what was decided, with how many there are of each, and whose they are. */
export function ReceivedFilter({ counts, values, setValues, messages }: Props) {
  return (
    <div className="flex flex-wrap items-center gap-2 px-3">
      <div role="group" aria-label="By what was decided" className="flex flex-wrap gap-1">
        <Toggle on={values.decided === null} onChoose={() => setValues({ decided: null })}>
          All <Count of={countStanding(counts, undefined)} />
        </Toggle>
        {STANDINGS.map((standing) => (
          <Toggle key={standing} on={values.decided === standing} onChoose={() => setValues({ decided: values.decided === standing ? null : standing })}>
            {standing === 'undecided' || standing === 'decided' ? 'Undecided' : RECEIVED_DECISION_WORDS[standing]} <Count of={countStanding(counts, standing)} />
          </Toggle>
        ))}
      </div>
      <Choice label="Payer" all="All payers" value={values.payer} options={messages.flatMap(({ payerId }) => payerId ?? [])} onChoose={(payer) => setValues({ payer })} />
      <Choice label="Facility" all="All facilities" value={values.facility} options={messages.flatMap(({ facilityId }) => facilityId ?? [])} onChoose={(facility) => setValues({ facility })} />
    </div>
  );
}

function Count({ of }: { of: number }) {
  return <span className="font-medium tabular-nums">{formatCount(of)}</span>;
}

function Toggle({ on, onChoose, children }: { on: boolean; onChoose: () => void; children: React.ReactNode }) {
  return (
    <button type="button" aria-pressed={on} onClick={onChoose} className={`inline-flex h-8 items-center gap-1.5 rounded-sm border px-2 ${on ? 'border-accent bg-raised' : 'border-transparent hover:bg-raised'}`}>
      {children}
    </button>
  );
}

/** What is chosen stays to be seen even where nothing on the screen has it. */
function Choice({ label, all, value, options, onChoose }: { label: string; all: string; value: string | null; options: readonly string[]; onChoose: (value: string | null) => void }) {
  const shown = [...new Set(value === null ? options : [...options, value])].toSorted((a, b) => a.localeCompare(b));
  return (
    <select aria-label={label} className="field max-w-48" value={value ?? ''} onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}>
      <option value="">{all}</option>
      {shown.map((option) => (
        <option key={option} value={option}>
          {option}
        </option>
      ))}
    </select>
  );
}
