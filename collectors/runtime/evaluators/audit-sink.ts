import { isDue, noteAnchor, readChainHead } from '@/server/services/audit/anchor-head';
import { readSinkStates } from '@/server/services/audit/sink-states';
import type { Database } from '@/server/store/postgres';
import type { AuditSink } from '../audit/sinks';
import type { Job } from './job';

/** How soon the end of an operation is noticed; asking costs one small query. */
const LOOK_MS = 5_000;
/** A sink that failed is tried again after this long, not at every look. */
const RETRY_MS = 30_000;

/**
 * Writes the head of the audit chain to every sink when the interval is over and it has moved, and soon after anything was
 * recorded about an operation. A sink that fails does not keep the others from theirs.
 */
export function auditSinkJob(options: { db: Database; sinks: readonly AuditSink[]; everyMs: number; now: () => Date; lookMs?: number; retryMs?: number }): Job {
  const { db, sinks, everyMs, now } = options;
  const failures = new Map<string, { at: Date; sentence: string }>();
  return {
    name: 'audit-sink',
    everyMs: options.lookMs ?? LOOK_MS,
    async run(lease) {
      const head = await readChainHead(db);
      if (!head) return;
      const states = await readSinkStates(db);
      for (const sink of sinks) {
        const state = states.find((known) => known.sink === sink.name);
        const failure = failures.get(sink.name);
        const rests = failure !== undefined && now().getTime() - failure.at.getTime() < (options.retryMs ?? RETRY_MS);
        if (rests || !isDue(head, state, { now: now(), everyMs })) continue;
        const at = now();
        const error = await sink.write({ chain: head.chain, seq: head.seq, hash: head.hash, at: at.toISOString() }).then(() => null, (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)));
        if (error === null) failures.delete(sink.name);
        else failures.set(sink.name, { at, sentence: error });
        await noteAnchor(db, lease, { sink: sink.name, head, now: at, error }, state);
      }
      if (failures.size > 0) throw new Error([...failures.values()].map(({ sentence }) => sentence).join(' '));
    },
  };
}
