'use client';

import { useQueryStates } from 'nuqs';
import { createContext, useContext, useMemo, useState } from 'react';
import type { OperationKind } from '@/server/domain/operations/kinds';
import type { OperationRequest } from '@/server/domain/operations/request';
import type { LeverDraft } from './lever-draft';
import { leverParams } from './search-params';

/** With what a sheet is opened, beyond what stands in the address: picked messages are too many for one. */
export interface LeverStart {
  hopId?: string;
  fields?: Partial<LeverDraft>;
  /** A request to ask for a little differently. */
  from?: OperationRequest;
}

interface LeverHand {
  lever: OperationKind | null;
  holdId: string | null;
  operationId: string | null;
  unknownOf: string | null;
  start: LeverStart;
  /** Opens the sheet of a lever at its first step. */
  take: (lever: OperationKind, start?: LeverStart & { holdId?: string }) => void;
  /** Goes on to the preview of what was asked for. */
  showPlan: (operationId: string) => void;
  letGo: () => void;
}

const LeverHandContext = createContext<LeverHand | null>(null);

/** Which lever somebody has in hand on this page. One at a time. */
export function LeverHandProvider({ children }: { children: React.ReactNode }) {
  const [params, setParams] = useQueryStates(leverParams);
  const [start, setStart] = useState<LeverStart>({});
  const value = useMemo<LeverHand>(
    () => ({
      lever: params.lever, holdId: params.hold, operationId: params.operation, unknownOf: params.unknownOf, start,
      take: (lever, { holdId, ...from } = {}) => {
        setStart(from);
        void setParams({ lever, hold: holdId ?? null, operation: null, unknownOf: null });
      },
      showPlan: (operation) => void setParams({ lever: null, hold: null, unknownOf: null, operation }),
      letGo: () => {
        setStart({});
        void setParams(null);
      },
    }),
    [params, setParams, start],
  );
  return <LeverHandContext value={value}>{children}</LeverHandContext>;
}

export function useLeverHand(): LeverHand {
  const hand = useContext(LeverHandContext);
  if (hand === null) throw new Error('useLeverHand needs a LeverHandProvider above it');
  return hand;
}
