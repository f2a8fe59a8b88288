/** The chain of the audit trail: the hash of an event covers all its columns and the hash of the event before. */
import { canonicalHash, type Json } from '../canonical-json';

/** Stands before the first event. */
export const GENESIS_HASH = '0'.repeat(64);

export interface HashedEvent {
  seq: bigint;
  id: string;
  at: Date;
  actor: string;
  actorUser: string | null;
  grants: unknown;
  action: string;
  subject: string;
  flowId: string | null;
  outcome: string;
  reason: string | null;
  ticket: string | null;
  planHash: string | null;
  before: unknown;
  after: unknown;
  previousHash: string;
}

/** SHA-256 in lower-case hex over the canonical JSON (RFC 8785) of the event without its own hash. */
export function auditHash({ seq, at, grants, before, after, ...rest }: HashedEvent): string {
  const { id, actor, actorUser, action, subject, flowId, outcome, reason, ticket, planHash, previousHash } = rest;
  return canonicalHash({
    seq: seq.toString(), at: at.toISOString(), grants: grants as Json, before: before as Json, after: after as Json,
    id, actor, actorUser, action, subject, flowId, outcome, reason, ticket, planHash, previousHash,
  });
}
