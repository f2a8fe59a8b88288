/** What people and machines see of sources: shared by tRPC, REST, the CLI and Settings. Never a secret. */
import type { ConnectableKind } from '@/server/domain/sources/connection';
import type { SourceDescription } from '@/server/domain/sources/description';
import type { Discovery } from '@/server/domain/sources/discovery';

/** How the tap of a source is, as it last said itself. `off`: disabled, or nothing to connect with. */
export interface TapView {
  status: 'ok' | 'warning' | 'down' | 'starting' | 'off';
  summary: string;
  lastSuccessAt: string | null;
  latencyMs: number | null;
  rows: number | null;
  lastError: string | null;
  /** The collector process that holds the tap. */
  instance: string | null;
  detail: Record<string, unknown>;
  reportedAt: string | null;
}

export interface SourceView {
  id: string;
  name: string;
  system: { id: string; name: string };
  kind: ConnectableKind | 'http';
  /** `file`: declared by a contract file and changed there; `console`: added here. */
  origin: 'console' | 'file';
  /** The file that declares it. */
  file: string | null;
  enabled: boolean;
  /** Addresses and options; null where the source is only recognised in telemetry and not connected. */
  settings: Record<string, unknown> | null;
  match: { address: string; port?: number; namespace?: string }[];
  /** The user for looking, and the separate one for acting; null means none (observe-only). Passwords are never shown. */
  observeUser: string | null;
  leverUser: string | null;
  revision: number | null;
  updatedBy: string | null;
  updatedAt: string | null;
  /** Flows in force with a hop on this source. */
  flows: string[];
  tap: TapView;
}

/** A test or a discovery, which a collector carries out. */
export interface SourceRequestView {
  id: string;
  sourceId: string;
  kind: 'test' | 'discover';
  state: 'waiting' | 'running' | 'done' | 'failed';
  requestedBy: string;
  requestedAt: string;
  finishedAt: string | null;
  description: SourceDescription | null;
  discovery: Discovery | null;
  /** Why it failed, in a sentence. */
  error: string | null;
}
