'use client';

import { createContext, useContext } from 'react';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import type { LeverFrame } from '@/server/services/operations/operation-view';
import { Field } from '../../../../../../_ui/form/field';
import type { DraftProblems, LeverDraft } from '../lever-draft';

interface LeverForm {
  draft: LeverDraft;
  problems: DraftProblems;
  frame: LeverFrame;
  flow: FlowDetail;
  change: (change: Partial<LeverDraft>) => void;
  /** Another hop has other levers. */
  chooseHop: (hopId: string) => void;
}

const LeverFormContext = createContext<LeverForm | null>(null);

export const LeverFormProvider = LeverFormContext;

export function useLeverForm(): LeverForm {
  const form = useContext(LeverFormContext);
  if (form === null) throw new Error('useLeverForm needs a LeverFormProvider above it');
  return form;
}

type TextKey = { [K in keyof LeverDraft]: LeverDraft[K] extends string ? K : never }[keyof LeverDraft];

interface TextFieldProps {
  of: TextKey;
  /** Its path in the request, by which problems name it. */
  path: string;
  label: string;
  hint?: React.ReactNode;
  /** How wide the field itself is; its hint takes the room that there is. */
  width?: string;
  control?: React.InputHTMLAttributes<HTMLInputElement>;
}

export function LeverText({ of, path, label, hint, width = '', control }: TextFieldProps) {
  const { draft, change, problems } = useLeverForm();
  return (
    <Field label={label} hint={hint} problem={problems[path]}>
      {(field) => <input {...field} {...control} spellCheck={false} autoComplete="off" className={`field w-full ${width}`} value={draft[of]} onChange={(event) => change({ [of]: event.target.value })} />}
    </Field>
  );
}

/** One choice of several, each with what it means. */
export function LeverChoice<Value extends string>({ legend, value, options, problem, onChoose }: {
  legend: string;
  value: Value | '';
  options: readonly { value: Value; name: string; note?: React.ReactNode; locked?: string | null }[];
  problem?: string;
  onChoose: (value: Value) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-1 font-medium">{legend}</legend>
      <div className="space-y-1">
        {options.map((option) => {
          const locked = option.locked ?? null;
          return (
            <label key={option.value} className={`flex gap-2 rounded-sm border px-3 py-2 ${value === option.value ? 'border-accent bg-raised' : 'border-line'} ${locked === null ? 'cursor-pointer' : 'border-dashed'}`}>
              <input
                type="radio"
                name={legend}
                className="mt-0.5 size-4 shrink-0 accent-(--accent)"
                checked={value === option.value}
                disabled={locked !== null}
                onChange={() => onChoose(option.value)}
              />
              <span className="min-w-0">
                <span className={locked === null ? 'font-medium' : 'font-medium text-muted'}>{option.name}</span>
                {option.note !== undefined && <span className="block text-muted">{option.note}</span>}
                {locked !== null && <span className="block break-words">Locked: {locked}</span>}
              </span>
            </label>
          );
        })}
      </div>
      {problem !== undefined && <p className="text-failing first-letter:uppercase">{problem}</p>}
    </fieldset>
  );
}
