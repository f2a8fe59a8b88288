import type { ComponentHealth } from '@/server/domain/health/flow-view';

/** Health of Signalbox itself. `down` when a part people depend on does not answer. */
export interface SystemHealth {
  status: 'ok' | 'warning' | 'down';
  asOf: string;
  components: ComponentHealth[];
  /** What ingest did not take as it came, today and yesterday, by reason. Counts are strings (64 bit). */
  ingestCounts: { day: string; kind: string; subject: string; count: string; lastAt: string }[];
  contractProblems: { file: string; line: number | null; rule: string; message: string; foundAt: string }[];
}
