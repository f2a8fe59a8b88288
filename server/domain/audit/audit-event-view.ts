import type { Json } from '../canonical-json';

/** An event of the audit trail as people and machines see it: shared by tRPC, REST, the command line and exports. */
export interface AuditEventView {
  /** Its number in the chain; 64 bit, therefore text. */
  seq: string;
  id: string;
  at: string;
  actor: string;
  actorUser: string | null;
  /** Roles with their scopes at that moment. */
  grants: { role: string; scope: { facilities: string[] | null; payers: string[] | null } }[];
  action: string;
  subject: string;
  flowId: string | null;
  outcome: 'done' | 'refused';
  reason: string | null;
  ticket: string | null;
  planHash: string | null;
  before: Json;
  after: Json;
  previousHash: string;
  hash: string;
}

export interface AuditPage {
  items: AuditEventView[];
  nextCursor: string | null;
  asOf: string;
}

/** What a walk over the whole chain found. */
export interface AuditVerification {
  state: 'intact' | 'broken';
  /** One sentence: intact up to which event of when, or what is broken. */
  sentence: string;
  /** Events that hold, from the first on. */
  events: string;
  /** The last of them; null when there is none, and when an anchor contradicts what is chained. */
  through: { seq: string; at: string; hash: string } | null;
  firstBreak: { seq: string; kind: string; sentence: string } | null;
  /** Anchors that were compared. */
  anchors: string;
  verifiedAt: string;
}
