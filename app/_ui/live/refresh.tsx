'use client';

import { createContext, useContext, useEffect, useMemo, useState } from 'react';

export const REFRESH_MS = 5_000;

/** What the page on the screen last heard from the server; the top bar shows it. */
interface RefreshReport {
  asOf: string;
  fetching: boolean;
  failed: boolean;
}

interface Refresh {
  paused: boolean;
  setPaused: (paused: boolean) => void;
  report: RefreshReport | null;
  setReport: (report: RefreshReport | null) => void;
}

const RefreshContext = createContext<Refresh | null>(null);

export function RefreshProvider({ children }: { children: React.ReactNode }) {
  const [paused, setPaused] = useState(false);
  const [report, setReport] = useState<RefreshReport | null>(null);
  const value = useMemo(() => ({ paused, setPaused, report, setReport }), [paused, report]);
  return <RefreshContext value={value}>{children}</RefreshContext>;
}

export function useRefresh(): Refresh {
  const refresh = useContext(RefreshContext);
  if (refresh === null) throw new Error('useRefresh needs a RefreshProvider above it');
  return refresh;
}

/** `refetchInterval` of a live query: stops while paused. React Query itself stops it while the tab is hidden. */
export function useRefreshInterval(): number | false {
  return useRefresh().paused ? false : REFRESH_MS;
}

/** Tells the top bar how old the page's facts are; withdraws it when the page leaves. */
export function useReportRefresh(asOf: string | undefined, fetching: boolean, failed: boolean): void {
  const { setReport } = useRefresh();
  useEffect(() => setReport(asOf === undefined ? null : { asOf, fetching, failed }), [setReport, asOf, fetching, failed]);
  useEffect(() => () => setReport(null), [setReport]);
}
