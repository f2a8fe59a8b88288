'use client';

import { X } from 'lucide-react';
import type { FailedMessageView, FailureReasons } from '@/server/services/failures/failed-message-view';
import { formatCount } from '../../../../../_ui/format/number';
import { isFiltering, type FailureFilterValues } from './search-params';

interface Props {
  values: FailureFilterValues;
  setValues: (change: Partial<FailureFilterValues> | null) => void;
  reasons: FailureReasons['items'];
  /** Payers and facilities to choose from are those of the messages on the screen. */
  messages: readonly FailedMessageView[];
}

export function FailureFilter({ values, setValues, reasons, messages }: Props) {
  const counted = new Map(reasons.flatMap(({ reason, messages: count }) => (reason === null ? [] : [[reason, count] as const])));
  return (
    <div className="flex flex-wrap gap-2 px-4 pb-3">
      <Choice
        label="Reason"
        all="All reasons"
        value={values.reason}
        options={withChosen([...counted.keys()], values.reason)}
        wordsOf={(reason) => (counted.has(reason) ? `${reason} (${formatCount(counted.get(reason) ?? null)})` : reason)}
        onChoose={(reason) => setValues({ reason })}
      />
      <Choice
        label="Payer"
        all="All payers"
        value={values.payer}
        options={withChosen(messages.flatMap(({ payerId }) => payerId ?? []), values.payer)}
        onChoose={(payer) => setValues({ payer })}
      />
      <Choice
        label="Facility"
        all="All facilities"
        value={values.facility}
        options={withChosen(messages.flatMap(({ facilityId }) => facilityId ?? []), values.facility)}
        onChoose={(facility) => setValues({ facility })}
      />
      {isFiltering(values) && (
        <button type="button" className="button text-muted" onClick={() => setValues(null)}>
          <X size={14} aria-hidden />
          Clear filter
        </button>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  all: string;
  value: string | null;
  options: readonly string[];
  wordsOf?: (option: string) => string;
  onChoose: (value: string | null) => void;
}

function Choice({ label, all, value, options, wordsOf = (option) => option, onChoose }: ChoiceProps) {
  return (
    <select aria-label={label} className="field max-w-64" value={value ?? ''} onChange={(event) => onChoose(event.target.value === '' ? null : event.target.value)}>
      <option value="">{all}</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {wordsOf(option)}
        </option>
      ))}
    </select>
  );
}

/** Each once, in the order of the alphabet; what is chosen stays to be seen even where nothing has it any more. */
function withChosen(options: readonly string[], chosen: string | null): string[] {
  return [...new Set(chosen === null ? options : [...options, chosen])].toSorted((a, b) => a.localeCompare(b));
}
