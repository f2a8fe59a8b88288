'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SourceInput } from '@/server/domain/sources/source-input';
import { useTRPC } from '../../../../_api/trpc';
import { TestPanel } from '../_request/test-panel';
import { problemsOfRefusal, type FieldProblems } from './field-problems';
import type { SourceDraft } from './source-draft';

interface Props {
  draft: SourceDraft;
  /** What the form asks for; null when fields have to be corrected first. */
  checked: () => SourceInput | null;
  onRefused: (problems: FieldProblems) => void;
}

/** Tests what stands in the form before it is saved, and says when the form has changed since. */
export function CandidateTest({ draft, checked, onRefused }: Props) {
  const [tested, setTested] = useState<{ requestId: string; draft: SourceDraft } | null>(null);
  const test = useMutation({ ...useTRPC().sources.test.mutationOptions(), onError: (error) => onRefused(problemsOfRefusal(error)) });
  const start = () => {
    const candidate = checked();
    if (candidate !== null) test.mutate({ candidate }, { onSuccess: ({ id }) => setTested({ requestId: id, draft }) });
  };
  return (
    <section aria-labelledby="candidate-test" className="space-y-3">
      <div>
        <h2 id="candidate-test" className="text-lg font-semibold">
          Test
        </h2>
        <p className="text-muted">A collector connects with what stands above, looks and tells. Nothing is saved or changed.</p>
      </div>
      <TestPanel
        requestId={tested?.requestId ?? null}
        isAsking={test.isPending}
        problem={test.isError ? test.error.message : null}
        onTest={start}
        {...(tested !== null && tested.draft !== draft ? { outdated: 'The form has changed since this test. Test again to be sure.' } : {})}
      />
    </section>
  );
}
