'use client';

import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CheckedDraft } from '@/server/services/contracts/console-document-view';
import { useTRPC } from '../../../../_api/trpc';

/** Long enough that a word can be typed to its end. */
const PAUSE_MS = 500;

interface Check {
  /** The newest answer; of an earlier text while `current` is false. */
  checked: CheckedDraft | null;
  current: boolean;
  /** Why the text could not be checked. */
  problem: string | null;
}

/** What the server finds wrong with a text, asked again whenever typing pauses. */
export function useCheckedDraft(yaml: string): Check {
  const { mutate, error } = useMutation(useTRPC().contracts.validate.mutationOptions());
  const [answer, setAnswer] = useState<{ yaml: string; checked: CheckedDraft } | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => mutate({ yaml }, { onSuccess: (checked) => setAnswer({ yaml, checked }) }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [yaml, mutate]);
  return { checked: answer?.checked ?? null, current: answer?.yaml === yaml, problem: error?.message ?? null };
}
