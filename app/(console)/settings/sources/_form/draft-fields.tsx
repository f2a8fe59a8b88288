'use client';

import { createContext, useContext } from 'react';
import { Field } from '../../../../_ui/form/field';
import { problemOf, type FieldProblems } from './field-problems';
import type { SourceDraft } from './source-draft';

/** Fields of the form that hold text. */
type TextKey = { [K in keyof SourceDraft]: SourceDraft[K] extends string ? K : never }[keyof SourceDraft];

interface SourceForm {
  draft: SourceDraft;
  change: (change: Partial<SourceDraft>) => void;
  problems: FieldProblems;
}

const SourceFormContext = createContext<SourceForm | null>(null);

export const SourceFormProvider = SourceFormContext;

export function useSourceForm(): SourceForm {
  const form = useContext(SourceFormContext);
  if (form === null) throw new Error('useSourceForm needs a SourceFormProvider above it');
  return form;
}

interface TextFieldProps {
  /** The field of the form. */
  of: TextKey;
  /** Its path in the input, by which problems name it. */
  path: string;
  label: string;
  hint?: React.ReactNode;
  className?: string;
  /** Several lines, one entry each. */
  lines?: number;
  control?: React.InputHTMLAttributes<HTMLInputElement>;
}

export function TextField({ of, path, label, hint, className, lines, control }: TextFieldProps) {
  const { draft, change, problems } = useSourceForm();
  const value = { value: draft[of], spellCheck: false, autoComplete: 'off' };
  return (
    <Field label={label} hint={hint} problem={problemOf(problems, path)} className={className}>
      {(field) =>
        lines === undefined ? (
          <input {...field} {...value} {...control} className="field w-full" onChange={(event) => change({ [of]: event.target.value })} />
        ) : (
          <textarea {...field} {...value} rows={lines} className="field h-auto w-full py-1" onChange={(event) => change({ [of]: event.target.value })} />
        )
      }
    </Field>
  );
}

/** Never filled in: an empty one stands for the password that is stored. */
export function PasswordField({ stored, ...field }: { of: 'observePassword' | 'leverPassword'; path: string; label: string; stored: boolean }) {
  return (
    <TextField
      {...field}
      hint={stored ? 'Leave empty to keep the stored one' : undefined}
      control={{ type: 'password', autoComplete: 'new-password' }}
    />
  );
}
