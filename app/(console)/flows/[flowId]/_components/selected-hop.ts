'use client';

import { useQueryState } from 'nuqs';
import { useState } from 'react';
import type { HopFigures } from '@/server/domain/health/flow-view';
import { hopInFocus } from './hop-in-focus';
import { flowParams } from './search-params';

/**
 * The hop that everything below the strip is about: the one in the address, else the one that most needed a look when the
 * page was opened. That choice stays while the page is open, so that no refresh swaps the charts under somebody's eyes.
 */
export function useSelectedHop(hops: readonly HopFigures[]): [HopFigures | undefined, (hopId: string) => void] {
  const [wanted, setWanted] = useQueryState('hop', flowParams.hop);
  const [first] = useState(() => hopInFocus(hops)?.hopId);
  const selected = hops.find(({ hopId }) => hopId === wanted) ?? hops.find(({ hopId }) => hopId === first) ?? hops.at(-1);
  return [selected, (hopId) => void setWanted(hopId)];
}
