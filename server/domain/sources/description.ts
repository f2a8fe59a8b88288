/** What a connection test says about a source. */

/** One thing that a permission allows, and whether the credentials have it. */
export interface PermissionFinding {
  /** For tapping, or the lever that needs it. */
  for: 'observe' | 'message-tap' | 'pause' | 'canary' | 'release' | 'replay' | 'reroute';
  /** In words, e.g. "read queues of virtual host /claims". */
  permission: string;
  /** Null: could not be found out; `note` says why. */
  granted: boolean | null;
  /** What is missing and how to grant it, or why it is unknown; empty when granted. */
  note: string;
}

/** Something that the source can be used for, or the reason why not. */
export interface Capability {
  id: 'depth' | 'rates' | 'message-tap' | 'dead-letters' | 'age' | 'rows' | 'alarms';
  available: boolean;
  /** Why not, or with which limits; empty when there is nothing to say. */
  note: string;
}

export interface SourceDescription {
  reachable: boolean;
  /** What went wrong and what to do, when not reachable; else empty. */
  problem: string;
  /** E.g. `RabbitMQ`, `PostgreSQL`; empty when not reachable. */
  product: string;
  version: string;
  /** False for versions that Signalbox has not been tested with: features were probed one by one. */
  isTestedVersion: boolean;
  latencyMs: number | null;
  /** The source's clock minus ours; null when it does not tell. */
  clockDifferenceMs: number | null;
  capabilities: Capability[];
  permissions: PermissionFinding[];
  /** Other things worth knowing, each a sentence. */
  notes: string[];
}
