import { useId } from 'react';

interface Props {
  label: string;
  /** What to enter, or what it is for. */
  hint?: React.ReactNode;
  /** What is wrong with what was entered. */
  problem?: string;
  className?: string;
  /** Gets what ties the control to its label, hint and problem. */
  children: (control: FieldControl) => React.ReactNode;
}

interface FieldControl {
  id: string;
  'aria-describedby': string;
  'aria-invalid': boolean;
}

/** A labelled form field with its hint and, when it was refused, what is wrong with it. */
export function Field({ label, hint, problem, className, children }: Props) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': noteId, 'aria-invalid': problem !== undefined })}
      <div id={noteId}>
        {problem !== undefined && <p className="break-words text-failing first-letter:uppercase">{problem}</p>}
        {hint !== undefined && <p className="break-words text-muted">{hint}</p>}
      </div>
    </div>
  );
}
