'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTRPC } from '../../../../../../_api/trpc';
import { fromLocalField } from '../../../../../../_ui/form/local-time';
import { messagesOf } from '../../../../../operations/_words/extent-words';
import { useSettled } from '../../../../../../_ui/use-settled';
import type { LeverDraft } from '../lever-draft';

const SETTLE_MS = 300;

/** How many failed messages match the choice now, as it is typed. The plan freezes exactly which ones. */
export function MatchingCount({ draft, hops }: { draft: LeverDraft; hops: number }) {
  const { flowId, selectBy, failedFrom, failedUntil, reason, payer, facility } = draft;
  const filter = selectBy === 'filter' ? { payer: payer.trim(), facility: facility.trim() } : { payer: '', facility: '' };
  const [from, to] = [fromLocalField(failedFrom), fromLocalField(failedUntil)];
  const isWindow = !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(to)) && Date.parse(from) <= Date.parse(to);
  const question = useSettled(JSON.stringify({ flowId, from, to, ...(filter.payer === '' ? {} : { payer: filter.payer }), ...(filter.facility === '' ? {} : { facility: filter.facility }) }), SETTLE_MS);
  const counted = useQuery({
    ...useTRPC().failures.reasonsOfFlow.queryOptions(JSON.parse(question) as { flowId: string; from: string; to: string }),
    enabled: isWindow,
    placeholderData: keepPreviousData,
  });
  return (
    <p role="status" aria-live="polite" className="tabular-nums">
      {words()}
    </p>
  );

  function words(): string {
    if (!isWindow) return 'The time ends before it begins.';
    if (selectBy === 'filter' && `${reason}${payer}${facility}`.trim() === '') return 'Name at least one of reason, payer, facility.';
    if (counted.data === undefined) return counted.isError ? 'How many match could not be counted; the plan counts them.' : 'Counting …';
    const wanted = selectBy === 'filter' ? reason.trim() : '';
    const count = counted.data.items.filter((group) => wanted === '' || group.reason === wanted).reduce((sum, group) => sum + group.messages, 0);
    return `${messagesOf(`${count}`)} of this flow ${count === 1 ? 'matches' : 'match'} now${hops > 1 ? ', at all hops together' : ''}. The plan freezes exactly which.`;
  }
}
