/** Every rule a contract can break, with its stable id. The sentences are the reference; a problem adds the particulars. */
export const CONTRACT_RULES = {
  'file-unreadable': 'A contract file can be read, is UTF-8 text and at most 1 MiB.',
  'file-empty': 'A contract file holds at least one document.',
  'folder-unreadable': 'The contract folder can be read, and no link in it leads out of it.',
  'yaml-syntax': 'A contract file is valid YAML 1.2 with unique keys and few aliases.',
  'unknown-kind': 'A document has apiVersion signalbox/v1 and a kind: Flow, Process, Sources or Lookup.',
  'unknown-key': 'Only the keys of the contract language are allowed, at every level.',
  'missing-key': 'Required keys are present.',
  'invalid-value': 'A value has the type and form that its key asks for.',
  'console-flow': 'A document that is activated in the product is one Flow; other kinds belong into the contract folder.',
  'active-complete': 'A flow that is active or deprecated has a version, a criticality and an owner (business and technical).',
  'c1-needs-page': 'An active C1 flow has slo.backlog.oldestPage and owner.oncall.',
  'deprecated-needs-sunset': 'A deprecated flow names its sunset date.',
  'slo-needs-origin': 'Service levels say where their numbers come from (slo.origin).',
  'phi-needs-mask': 'A flow with protected health information names a mask profile.',
  'phi-retention': 'A flow with protected health information keeps payloads for at most 30 days (phi.payloadRetention).',
  'idempotency-key-field': 'Each part of idempotency.key and replay.orderKey is a declared field.',
  'replay-r0-forbidden': 'Replay class R0 (never) goes with approval: forbidden.',
  'replay-edit': 'Only what may be replayed may be changed before it: replay.edit goes neither with class R0 nor with approval: forbidden.',
  'replay-r1-guarded': 'Replay class R1 (guarded) has at least one precondition and a maxBatch.',
  'outcome-stages': 'The stages of replay.confirm have different names, and each is due no earlier than the one before and within 180 days.',
  'pause-gate': 'pause.gate belongs to a flow that may be paused and has a route; maxStale is between PT30S and P1D, verifyAfter between PT10S and PT1H.',
  'probe-question': 'Each {field} in a probe is a field of the flow and stands outside of quotes, and a probe by a path says which answer it wants.',
  'reroute-needs-alternate': 'A flow that may be rerouted names at least one alternate.',
  'reroute-max-duration': 'reroute.maxDuration is between PT1M and P30D.',
  'alternate-enrolments': 'Each entry of an alternate’s enrolments names a payer or a facility, and ends no earlier than it begins.',
  'primary-probe': 'reroute.primaryProbe asks about no single message (no {field}), and counts consumers only where the path has a queue.',
  'dead-letter-unclassified': 'The dead-letter reasons include UNCLASSIFIED, and no code or native value occurs twice.',
  'duplicate-hop': 'Hop ids and alternate ids are unique in a flow.',
  'table-where': 'where of a table channel goes with status, and names other columns than the status column.',
  'single-case-field': 'At most one field of a flow is the case key (case: true).',
  'field-token': 'A field that is a dimension, the amount or the reason is not a token.',
  'field-unknown-option': 'currency belongs to the amount field, lookup to neither amount, reason nor a token.',
  'duplicate-step': 'Step ids are unique in a process.',
  'step-unknown': 'Each step named in "after" exists in the same list of steps.',
  'step-cycle': 'Steps do not wait for each other in a circle.',
  'duplicate-id': 'An id is declared once per kind: flow, process, lookup, source, system, sources document.',
  'source-unknown': 'Each source that a channel or a probe names is declared in a Sources document.',
  'source-kind': 'A queue lies in a rabbitmq source, a table in a postgres source, a route in an http source; a probe asks an http source by a path, a postgres source by a statement.',
  'separate-levers': 'Credentials for acting (connect.levers) are of another user than those for looking.',
  'source-match': 'No two sources of one kind are recognised by the same address, port and namespace.',
  'system-unknown': 'Each system that a source or a hop names is declared in a Sources document.',
  'lookup-unknown': 'Each lookup that a field names exists.',
  'evidence-unknown': 'Each flow and hop that a process or replay.confirm names exists, and each case step that a probe names.',
  'ambiguous-channel': 'No span can belong to two hops: hops on one channel differ in when or legs.',
  'ambiguous-rows': 'No row of an interface table can belong to two hops: hops that read rows of one table differ in where.',
} as const;

export type ContractRule = keyof typeof CONTRACT_RULES;

/** Keys and indexes from the document's root, e.g. `['spec', 'path', 0, 'channel']`. */
export type DocumentPath = readonly (string | number)[];

/** A broken rule, placed in the document. */
export interface Finding {
  rule: ContractRule;
  path: DocumentPath;
  message: string;
}

/** A broken rule, placed in a file. `line` counts from 1; null where a problem belongs to the whole file. */
export interface ContractProblem {
  file: string;
  line: number | null;
  rule: ContractRule;
  message: string;
}
