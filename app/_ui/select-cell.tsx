'use client';

import { useEffect, useRef } from 'react';

const ATTRIBUTE = 'data-select-row';

interface Props {
  label: string;
  checked: boolean;
  /** Some, and not all, of what it stands for. */
  mixed?: boolean;
  /** With `toHere` from the row that was switched before up to this one. */
  onSwitch: (on: boolean, toHere: boolean) => void;
}

/** A check box that selects a row: Space switches it, Shift takes all rows in between, arrow keys step. */
export function SelectCell({ label, checked, mixed = false, onSwitch }: Props) {
  const box = useRef<HTMLInputElement>(null);
  const shift = useRef(false);
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = mixed;
  }, [mixed]);
  return (
    <label className="-m-1 inline-flex size-6 items-center justify-center">
      <span className="sr-only">{label}</span>
      <input
        ref={box}
        {...{ [ATTRIBUTE]: '' }}
        type="checkbox"
        className="size-4 accent-(--accent)"
        checked={checked}
        onClick={(event) => {
          shift.current = event.shiftKey;
        }}
        onKeyDown={(event) => {
          shift.current = event.shiftKey;
          if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            stepFrom(event.currentTarget, event.key === 'ArrowDown' ? 1 : -1);
          }
        }}
        onChange={(event) => onSwitch(event.target.checked, shift.current)}
      />
    </label>
  );
}

function stepFrom(box: HTMLElement, by: 1 | -1): void {
  const boxes = [...(box.closest('table')?.querySelectorAll<HTMLElement>(`[${ATTRIBUTE}]`) ?? [])];
  boxes[boxes.indexOf(box) + by]?.focus();
}
