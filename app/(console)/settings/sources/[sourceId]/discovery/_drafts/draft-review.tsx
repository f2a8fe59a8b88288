import { ArrowLeft } from 'lucide-react';
import type { DraftContract } from '@/server/domain/sources/discovery';
import type { SourceView } from '@/server/services/sources/source-view';
import { ContractEditor } from '../../../../contracts/_editor/contract-editor';

/** A draft with every guess marked, to be corrected, kept as a file, or brought into force. */
export function DraftReview({ source, draft, onClose }: { source: SourceView; draft: DraftContract; onClose: () => void }) {
  return (
    <div className="space-y-4">
      <header className="space-y-1 px-4">
        <button type="button" className="-ml-1 inline-flex min-h-8 items-center gap-1 px-1 text-muted hover:text-ink" onClick={onClose}>
          <ArrowLeft size={14} aria-hidden />
          All channels of {source.name}
        </button>
        <h1 className="text-xl font-semibold">Draft contract: {draft.name}</h1>
        <p className="max-w-prose text-muted">
          Drafted from what {source.name} shows. It is not in force: download it for the contract folder, or activate it here.
        </p>
      </header>
      <ContractEditor key={draft.flowId} flowId={draft.flowId} yaml={draft.yaml} revision={null} guesses={draft.guesses} />
    </div>
  );
}
