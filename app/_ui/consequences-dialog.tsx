'use client';

import { Dialog } from './dialog';
import { Notice } from './states/notice';

interface Props {
  open: boolean;
  title: string;
  /** What will happen, and what will not, each as a sentence. */
  consequences: readonly string[];
  /** The button that does it. */
  verb: string;
  /** The button that leaves everything as it is. */
  refrain: string;
  pending: boolean;
  /** Why it did not work; null when it was not tried. */
  problem: string | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Says what a change does before the button that does it. */
export function ConsequencesDialog({ open, title, consequences, verb, refrain, pending, problem, onConfirm, onClose }: Props) {
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <div className="space-y-4">
        <ul className="list-disc space-y-1 pl-5 marker:text-muted">
          {consequences.map((consequence) => (
            <li key={consequence}>{consequence}</li>
          ))}
        </ul>
        {problem !== null && <Notice severity="error" text={problem} />}
        <div className="flex gap-2">
          <button type="button" className="button button-primary" disabled={pending} onClick={onConfirm}>
            {verb}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {refrain}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
