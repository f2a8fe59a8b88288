'use client';

import { useQuery } from '@tanstack/react-query';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import { useTRPC } from '../../../../../_api/trpc';
import { Sheet } from '../../../../../_ui/sheet';
import { KIND_WORDS } from '../../../../operations/_words/operation-words';
import { ChooseStep } from './choose-step';
import { useLeverHand } from './lever-hand';
import { PlanStep } from './plan-step';

/** Choose, preview, confirm: one sheet beside the flow that it acts on. */
export function LeverSheet({ flow, hopId }: { flow: FlowDetail; hopId: string | null }) {
  const { lever, operationId, start, letGo } = useLeverHand();
  const open = lever !== null || operationId !== null;
  const planned = useQuery({ ...useTRPC().operations.byId.queryOptions({ id: operationId ?? '' }), enabled: operationId !== null });
  const kind = lever ?? planned.data?.kind;
  const title = kind === undefined ? flow.name : `${KIND_WORDS[kind].name}: ${flow.name}`;
  return (
    <Sheet open={open} onClose={letGo} title={title}>
      {operationId !== null ? (
        <PlanStep key={operationId} operationId={operationId} />
      ) : (
        lever !== null && <ChooseStep key={lever} lever={lever} flow={flow} firstHopId={start.hopId ?? hopId} />
      )}
    </Sheet>
  );
}
