'use client';

import { useEffect, useRef } from 'react';
import { FIRST_FOCUS } from '../../../../../_ui/dialog';

const STEPS = ['Choose', 'Preview', 'Confirm'] as const;
type Step = (typeof STEPS)[number];

interface Props {
  step: Step;
  /** The buttons that lead on or back, always in reach. */
  footer?: React.ReactNode;
  children: React.ReactNode;
}

/** One step of the sheet. */
export function StepFrame({ step, footer, children }: Props) {
  return (
    <>
      <StepTrail key={step} step={step} />
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4">{children}</div>
      {footer !== undefined && <footer className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3">{footer}</footer>}
    </>
  );
}

/** Where one is. It takes the focus as it appears, so that a screen reader says which step has begun. */
function StepTrail({ step }: { step: Step }) {
  const trail = useRef<HTMLOListElement>(null);
  useEffect(() => trail.current?.focus(), []);
  return (
    <ol {...FIRST_FOCUS} ref={trail} tabIndex={-1} aria-label={`Step ${STEPS.indexOf(step) + 1} of ${STEPS.length}: ${step}`} className="flex gap-x-4 border-b border-line px-4 py-2 outline-none">
      {STEPS.map((name, index) => (
        <li key={name} aria-current={name === step ? 'step' : undefined} className={`flex gap-1.5 ${name === step ? 'font-semibold text-ink' : 'text-muted'}`}>
          <span className="tabular-nums">{index + 1}</span> {name}
        </li>
      ))}
    </ol>
  );
}
