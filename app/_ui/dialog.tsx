'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';

const FIRST_FOCUS_ATTRIBUTE = 'data-first-focus';

/** Marks the field of a dialog where typing starts; without it the first control has the focus. */
export const FIRST_FOCUS = { [FIRST_FOCUS_ATTRIBUTE]: '' } as const;

/** Puts the focus where typing or reading starts, once a dialog is open. */
export function focusFirst(dialog: HTMLDialogElement | null): void {
  dialog?.querySelector<HTMLElement>(`[${FIRST_FOCUS_ATTRIBUTE}]`)?.focus();
}

/** The browser's own modal dialog: it keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({
  open,
  onClose,
  title,
  bare = false,
  children,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Without the title bar, for a dialog that is one control; the title is still announced. */
  bare?: boolean;
  children: React.ReactNode;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    focusFirst(dialog.current);
  }, [open]);
  useEffect(() => {
    const element = dialog.current;
    // A click on the backdrop arrives at the dialog itself.
    const onClick = (event: MouseEvent) => event.target === element && element?.close();
    element?.addEventListener('click', onClick);
    return () => element?.removeEventListener('click', onClick);
  }, []);

  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      className="m-auto mt-[12vh] w-[min(560px,calc(100vw-32px))] rounded-md border border-line-strong bg-panel text-ink"
    >
      {open && (
        <div className={bare ? '' : 'p-4'}>
          {!bare && (
            <div className="mb-3 flex items-center justify-between">
              <h2 className="text-lg font-semibold">{title}</h2>
              <button type="button" className="-mr-2 flex size-8 items-center justify-center rounded-sm hover:bg-raised" onClick={onClose}>
                <X size={16} aria-hidden />
                <span className="sr-only">Close</span>
              </button>
            </div>
          )}
          {children}
        </div>
      )}
    </dialog>
  );
}
