'use client';

import { createContext, useContext, useMemo, useState } from 'react';

/** The instant that somebody points at, shared by all charts below. */
interface Crosshair {
  /** Start of a bucket in epoch milliseconds; null while nobody points. It stays on its instant when facts refresh. */
  at: number | null;
  pointAt: (at: number | null) => void;
}

const CrosshairContext = createContext<Crosshair | null>(null);

export function CrosshairProvider({ children }: { children: React.ReactNode }) {
  const [at, pointAt] = useState<number | null>(null);
  const value = useMemo(() => ({ at, pointAt }), [at]);
  return <CrosshairContext value={value}>{children}</CrosshairContext>;
}

export function useCrosshair(): Crosshair {
  const crosshair = useContext(CrosshairContext);
  if (crosshair === null) throw new Error('useCrosshair needs a CrosshairProvider above it');
  return crosshair;
}
