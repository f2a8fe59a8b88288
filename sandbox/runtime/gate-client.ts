/** Asks the gate of a flow whether a run may begin. Nothing of it is the sandbox's own: copy it. */

interface GateAnswer { state: 'open' | 'closed'; ratePerSecond: string | null; route: string | null; maxStaleMs: number; onUnavailable: 'open' | 'closed' }

export interface Gate {
  /** Ask before each run. True takes a place in the rate: run at once. */
  mayRun(): boolean;
  /** Where to send to instead of the usual target. */
  route(): string | null;
  stop(): void;
}

/** @param beforeFirstAnswer as agreed with the owner of the flow: what holds while no gate has ever answered */
export function followGate({ url, token, flow, beforeFirstAnswer }: { url: string; token: string; flow: string; beforeFirstAnswer: 'open' | 'closed' }): Gate {
  let last: GateAnswer | undefined;
  let etag: string | undefined;
  let heardAt = 0;
  let ranAt = -Infinity;
  const stopping = new AbortController();

  async function ask(): Promise<void> {
    const headers = { authorization: `Bearer ${token}`, ...(etag === undefined ? {} : { 'if-none-match': etag }) };
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(30_000)]);
    const response = await fetch(`${url}/api/v1/gates/${flow}?waitMs=20000`, { headers, signal, redirect: 'error' });
    if (response.status === 200) [last, etag] = [(await response.json()) as GateAnswer, response.headers.get('etag') ?? undefined];
    else if (response.status !== 304 || last === undefined) throw new Error(`The gate answered ${response.status}`);
    heardAt = performance.now();
  }
  // 304 after up to 20 s says that nothing has changed; what goes wrong is tried again, and grows stale meanwhile.
  void (async () => {
    while (!stopping.signal.aborted) await ask().catch(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
  })();

  const current = (): Pick<GateAnswer, 'state' | 'ratePerSecond' | 'route'> => {
    if (last === undefined) return { state: beforeFirstAnswer, ratePerSecond: null, route: null };
    return performance.now() - heardAt <= last.maxStaleMs ? last : { state: last.onUnavailable, ratePerSecond: null, route: null };
  };
  return {
    mayRun() {
      const { state, ratePerSecond } = current();
      const now = performance.now();
      if (state === 'closed' || (ratePerSecond !== null && now - ranAt < 1_000 / Number(ratePerSecond))) return false;
      ranAt = now;
      return true;
    },
    route: () => current().route,
    stop: () => stopping.abort(),
  };
}
