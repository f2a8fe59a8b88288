/** The two full examples of the contract language, as they stand in its reference. */

export const implantConsumption = `# A flow contract in the current language (see docs/contracts.md). The schema is the project's own (zod); unknown keys are
# errors at every level, durations must parse, a draft needs only metadata.id and path.
apiVersion: signalbox/v1
kind: Flow
metadata:
  id: implant-consumption-to-erp
  name: Implant and disposable consumption to ERP inventory
  version: 1.3.0            # patch: docs, owner · minor: additive field, looser SLO · major: key, idempotency, replay class
  lifecycle: active         # draft | active | deprecated (needs sunset) | retired
  owner: { business: supply-chain-director, technical: integration-supply, oncall: oncall-integration-primary }
  runbook: https://runbooks.example/consumption
spec:
  criticality: C1
  tier: event               # system | process | experience | partner | event | file
  path:
    - id: capture
      channel: { source: rabbit-main, kind: queue, vhost: /, exchange: inv, keys: ["consumption.*"], name: inv.consumption, deadLetter: { exchange: inv.dlx, queue: inv.consumption.dlq } }
      takenBy: middleware
      when: { "attr:messaging.destination.name": inv }
      legs: { enter: { spanKind: Producer }, leave: { spanKind: Consumer, service: erp-posting } }
    - id: erp-interface
      channel:
        source: erp-db
        kind: table
        schema: public
        table: inventory_issue_interface
        key: issue_id
        status: { column: status, pending: N, inProgress: P, done: C, error: E }
        createdAt: created_at
        updatedAt: updated_at
        attempts: attempts
        errorText: error_text
        destination: target_org
      takenBy: erp
  fields:
    message:    { from: ["attr:messaging.message.id", "column:source_message_id"] }
    usageLine:  { from: ["body:/data/usageLineId", "column:usage_line_id"], case: true }
    facility:   { from: ["attr:hospital.facility.id", "body:/data/facilityId", "column:org_code"], lookup: facilities }
    department: { from: ["body:/data/departmentId"] }
    supplier:   { from: ["body:/data/supplierId"] }
    item:       { from: ["body:/data/itemId", "column:item_code"] }
    procedure:  { from: ["body:/data/caseId"], token: true }        # identifies a person: stored as keyed token only
    quantity:   { from: ["body:/data/quantity", "column:qty"] }
    amount:     { from: ["body:/data/extendedCost", "column:extended_cost"], currency: USD, meaning: inventory_value }
  slo:
    objective: 0.995
    window: P28D
    deadline: PT15M
    calendar: elapsed
    latency: { p95: PT2M }
    backlog: { warn: 200, page: 1000, oldestWarn: PT10M, oldestPage: PT30M }
    origin: design-default  # regulation | operating-rule | benchmark | design-default; shown with the number
  idempotency: { key: [usageLine], scope: target, retention: P400D, onDuplicate: return-original }
  pause: { allowed: true, prefer: drain, maxHold: PT4H }
  replay:
    class: R1               # R0 never | R1 guarded | R2 idempotent | R3 free
    approval: none          # none | four-eyes | forbidden
    maxBatch: 1000
    maxAmount: { amount: "250000.00", currency: USD }
    rate: 300/min
    order: fifo-per-key
    orderKey: [facility, item]
    maxAge: P30D
    preconditions:
      - { check: target-absence-proven, probe: { http: "GET erp-api:/inventory/v2/issues/{usageLine}", absentWhen: 404 } }
      - { check: period-open, probe: { http: "GET erp-api:/finance/v1/periods/current", openWhen: { "/status": OPEN } } }
    confirm: { flow: implant-consumption-to-erp, hop: erp-interface, leg: leave, within: PT5M }
  reroute: { allowed: false, reason: "one ERP" }
  deadLetter:
    triage: PT1H
    reasons:
      - { code: ITEM_NOT_MAPPED, retryable: false, route: item-master-steward }
      - { code: COST_CENTER_INVALID, retryable: false, route: finance-master-steward }
      - { code: ERP_429, retryable: true, route: oncall-integration-primary }
      - { code: UNCLASSIFIED, retryable: false, route: oncall-integration-primary }
  fallback: { trigger: "oldest above PT30M", procedure: runbook/par-count-manual, manualCapture: "OR sticker sheet", reconcileAfter: "count variance = ERP on hand - waiting quantity", rpo: PT0S, rto: PT1H }
  phi: { contains: true, payloadRetention: P7D, maskProfile: supply-default }
`;

export const chargeToCash = `# A process: which steps a case goes through, what proves a step, what ties keys together.
apiVersion: signalbox/v1
kind: Process
metadata: { id: charge-to-cash, name: Charge to cash, version: 1.0.0, owner: { business: revenue-cycle-director } }
spec:
  caseKey: claim
  steps:
    - { id: charged,    evidence: [{ flow: charge-capture, hop: post, leg: leave }],                 deadline: PT1H }
    - { id: submitted,  after: [charged],   evidence: [{ flow: claim-submit-837i, hop: out, leg: leave }], deadline: P5D, calendar: business-days }
    - { id: ack999,     after: [submitted], evidence: [{ event: claim.ack.999.v1 }],                 deadline: PT1H, origin: operating-rule }
    - { id: accepted,   after: [ack999],    evidence: [{ event: claim.ack.277ca.v1, where: { outcome: accepted } }], deadline: P2D, calendar: business-days, origin: design-default }
    - { id: adjudicated, after: [accepted], evidence: [{ event: remit.received.v1 }],                deadline: P30D, calendar: payer-cycle }
    - { id: posted,     after: [adjudicated], evidence: [{ flow: remit-posting, hop: post, leg: leave }], deadline: P1D, calendar: business-days }
    - { id: gl,         after: [posted],    evidence: [{ flow: settlement-to-gl, hop: journal, leg: leave }], deadline: "next-day 06:00", terminal: completed }
  terminals: [{ on: { event: claim.voided.v1 }, outcome: voided }, { on: { event: claim.superseded.v1 }, outcome: superseded }]
  joins:
    - { to: remittance, on: { remittanceClaim: claim } }
  variants: []
`;
