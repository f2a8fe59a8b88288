'use client';

import { Dialog } from '../../_ui/dialog';

const SHORTCUTS: readonly { keys: string[]; what: string }[] = [
  { keys: ['Ctrl K', '⌘ K'], what: 'Go to a flow, a trace or a page' },
  { keys: ['j', '↓'], what: 'Next row (the arrow once a row has the focus)' },
  { keys: ['k', '↑'], what: 'Previous row' },
  { keys: ['Enter'], what: 'Open the row' },
  { keys: ['/'], what: 'Search on this page' },
  { keys: ['?'], what: 'This list' },
];

export function ShortcutsDialog({
  open,
  onClose,
  letters,
  setLetters,
}: {
  open: boolean;
  onClose: () => void;
  letters: boolean;
  setLetters: (on: boolean) => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-2">
        {SHORTCUTS.map(({ keys, what }) => (
          <div key={what} className="contents">
            <dt className="space-x-1">
              {keys.map((key) => (
                <kbd key={key} className="rounded-xs border border-line-strong px-1.5 py-0.5 font-sans text-xs">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex min-h-8 items-center gap-2 border-t border-line pt-3">
        <input type="checkbox" className="size-4 accent-(--accent)" checked={letters} onChange={(event) => setLetters(event.target.checked)} />
        Single keys are shortcuts
      </label>
    </Dialog>
  );
}
