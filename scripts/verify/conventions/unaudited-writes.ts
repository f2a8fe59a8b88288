/**
 * Files of server/services that write to the database without writing the audit trail themselves, each with the reason. What a
 * person or a token can change is never among them, unless a verb that audits is the only caller.
 */
export const UNAUDITED_WRITES: Readonly<Record<string, string>> = {
  'server/services/audit/anchor-head.ts': 'anchors are about the trail, and not a part of it',
  'server/services/device/code-throttle.ts': 'counts of wrong codes; each is audited where it is looked up',
  'server/services/flows/record-evaluations.ts': 'health is computed from facts; its changes have a table of their own',
  'server/services/gates/record-polls.ts': 'what clients were told is evidence with a table of its own',
  'server/services/ingest/add-ingest-counts.ts': 'counts',
  'server/services/ingest/observed-minutes.ts': 'counts',
  'server/services/ingest/report-component.ts': 'what running parts say about themselves',
  'server/services/leases/hold-lease.ts': 'machine state',
  'server/services/notices/deliver-notices.ts': 'what became of attempts to send; counted and shown with the channel',
  'server/services/notices/evaluate-notices.ts': 'notices tell of changes that are audited; acknowledging one is',
  'server/services/notices/queue-deliveries.ts': 'the outbox of notices',
  'server/services/notices/raise-notice.ts': 'in the transaction of the change that it tells of, which is audited',
  'server/services/operations/engine/fenced.ts': 'claims of the engine; the step under a claim is audited where it is taken',
  'server/services/operations/engine/item-journal.ts': 'the journal of items is the record of an operation that is audited as a whole',
  'server/services/operations/operation-rows.ts': 'moves a row for verbs and for the engine, which audit what they do',
  'server/services/operations/received/count-undecided.ts': 'a figure of what is seen and decided; the decisions are audited where they are made',
  'server/services/operations/take-channel.ts': 'who acts on a channel, in the transaction of a verb that audits',
  'server/services/sign-in/throttle.ts': 'counts of failed attempts; each attempt is audited by the sign-in',
  'server/services/sources/claim-requests.ts': 'a collector takes up what a person asked for, which was audited',
  'server/services/sources/name-system.ts': 'in the transaction of a change of a source, which is audited',
  'server/services/sources/source-requests.ts': 'in the transaction of a test or discovery, which is audited; and gives up old ones',
  'server/services/system/withdraw-report.ts': 'what running parts say about themselves',
  'server/services/tokens/resolve-token.ts': 'when a token was used last',
};
