import type { SourceView } from '@/server/services/sources/source-view';

/** Where a source that a file declares is changed. */
export function FileNote({ source }: { source: SourceView }) {
  return (
    <p className="max-w-prose text-muted">
      Declared in <code className="break-all text-ink">{source.file}</code> of the contract folder. Change it there; the change is in force
      without a restart.
    </p>
  );
}
