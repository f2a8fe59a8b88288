'use client';

import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { focusFirst } from './dialog';

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  /** Under the title: what it is about. */
  note?: React.ReactNode;
  children: React.ReactNode;
}

/**
 * A tall dialog at the right edge, for what takes several steps while the page behind it goes on; the whole screen on a
 * phone. Modal: it keeps the focus inside and gives it back. A click beside it does nothing, because what was filled in
 * would be gone; Escape and the cross close it.
 */
export function Sheet({ open, onClose, title, note, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (!open) return dialog.current?.close();
    dialog.current?.showModal();
    focusFirst(dialog.current);
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      className="m-0 ml-auto h-dvh max-h-none w-[min(720px,100vw)] max-w-none border-l border-line-strong bg-panel text-ink"
    >
      {open && (
        <div className="flex h-full flex-col">
          <header className="flex items-start gap-3 border-b border-line px-4 py-3">
            <div className="min-w-0">
              <h2 className="text-lg font-semibold">{title}</h2>
              {note !== undefined && <p className="break-words text-muted">{note}</p>}
            </div>
            <button type="button" className="-mr-2 ml-auto flex size-8 shrink-0 items-center justify-center rounded-sm hover:bg-raised" onClick={onClose}>
              <X size={16} aria-hidden />
              <span className="sr-only">Close</span>
            </button>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}
