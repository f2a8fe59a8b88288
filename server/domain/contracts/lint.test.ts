import { describe, expect, it } from 'vitest';
import { parseContractFile } from './parse-contract-file';
import type { ContractRule } from './rules';
import { flowText } from './testing/contract-texts';
import { implantConsumption } from './testing/full-examples';

const rulesOf = (text: string) => parseContractFile('x.yaml', text).problems.map(({ rule }) => rule);
const changed = (from: string, to: string) => {
  expect(implantConsumption).toContain(from);
  return implantConsumption.replace(from, to);
};
const processText = (steps: string) => `apiVersion: signalbox/v1\nkind: Process\nmetadata: { id: p }\nspec:\n  caseKey: claim\n  steps:\n${steps}`;
const stages = (...told: string[]) => `replay: { class: R2, approval: none, confirm: { stages: [${told.map((stage) => stage.replace('{', '{ flow: orders, hop: post, leg: leave,')).join(', ')}] } }`;
const probed = (probe: string) => flowText({ spec: `fields: { order: { from: ["attr:order"] } }\nreplay: { class: R2, approval: none, preconditions: [{ check: target-absence-proven, probe: ${probe} }] }` });

const rerouted = (told: string) => flowText({ spec: `reroute: { allowed: false, ${told} }` });

describe('rules of one document', () => {
  it.each<[ContractRule, string]>([
    ['active-complete', changed('criticality: C1', 'tier: event').replace('tier: event               #', '#')],
    ['active-complete', changed('version: 1.3.0', 'description: no version')],
    ['c1-needs-page', changed(', oldestPage: PT30M', '')],
    ['c1-needs-page', changed(', oncall: oncall-integration-primary', '')],
    ['deprecated-needs-sunset', changed('lifecycle: active', 'lifecycle: deprecated')],
    ['slo-needs-origin', changed('origin: design-default', 'calendar: elapsed').replace('    calendar: elapsed\n    latency', '    latency')],
    ['phi-needs-mask', changed(', maskProfile: supply-default', '')],
    ['phi-retention', changed('payloadRetention: P7D', 'payloadRetention: P31D')],
    ['phi-retention', changed('payloadRetention: P7D, ', '')],
    ['idempotency-key-field', changed('key: [usageLine]', 'key: [usageLine, movementType]')],
    ['idempotency-key-field', changed('orderKey: [facility, item]', 'orderKey: [location]')],
    ['replay-r0-forbidden', changed('class: R1', 'class: R0')],
    ['replay-edit', flowText({ spec: 'replay: { class: R0, approval: forbidden, edit: { allowed: ["body:/payer"] } }' })],
    ['replay-edit', flowText({ spec: 'replay: { class: R2, approval: forbidden, edit: { allowed: ["header:x-payer"] } }' })],
    ['replay-r1-guarded', changed('    maxBatch: 1000\n', '')],
    ['replay-r1-guarded', flowText({ spec: 'replay: { class: R1, approval: four-eyes, maxBatch: 10 }' })],
    ['outcome-stages', flowText({ spec: stages('{ name: 277CA, within: P1D }', '{ name: 277CA, within: P2D }') })],
    ['outcome-stages', flowText({ spec: stages('{ name: Accepted, within: PT15M }', '{ name: "999", within: PT10M }') })],
    ['outcome-stages', flowText({ spec: stages('{ name: Posted, within: P181D }') })],
    ['pause-gate', flowText({ spec: 'pause: { allowed: false, gate: { onUnavailable: closed } }' })],
    ['pause-gate', flowText({ channel: '{ source: erp-db, kind: table, table: t }', spec: 'pause: { allowed: true, gate: { onUnavailable: closed } }' })],
    ['pause-gate', flowText({ spec: 'pause: { allowed: true, gate: { onUnavailable: open, maxStale: PT29S } }' })],
    ['pause-gate', flowText({ spec: 'pause: { allowed: true, gate: { onUnavailable: open, maxStale: P2D } }' })],
    ['pause-gate', flowText({ spec: 'pause: { allowed: true, gate: { onUnavailable: open, verifyAfter: PT9S } }' })],
    ['pause-gate', flowText({ spec: 'pause: { allowed: true, gate: { onUnavailable: open, verifyAfter: PT61M } }' })],
    ['probe-question', probed('{ http: "GET erp-api:/issues/{orderNumber}", absentWhen: 404 }')],
    ['probe-question', probed('{ http: "GET erp-api:/issues/{Order Number}", absentWhen: 404 }').replace('{Order Number}', '{Order-Number}')],
    ['probe-question', probed('{ http: "GET erp-api:/issues/{order}/../all", absentWhen: 404 }')],
    ['probe-question', probed('{ http: "GET erp-api:/issues/{order}" }')],
    ['probe-question', probed('{ http: "GET erp-api:/issues/{order}", absentSays: { /code: GONE }, openWhen: { /a: b } }')],
    ['probe-question', probed('{ http: "HEAD erp-api:/issues/{order}", openWhen: { /status: open } }')],
    ['probe-question', probed('{ source: erp-db, sql: "SELECT FROM t WHERE a = {orderNumber}", absentWhen: no-rows }')],
    ['probe-question', probed(`{ source: erp-db, sql: "SELECT FROM t WHERE a = '{order}'", absentWhen: no-rows }`)],
    ['reroute-max-duration', flowText({ spec: 'reroute: { allowed: false, maxDuration: P31D }' })],
    ['reroute-max-duration', flowText({ spec: 'reroute: { allowed: false, maxDuration: PT0S }' })],
    ['alternate-enrolments', rerouted('alternates: [{ id: b, channel: { source: erp-api, kind: route, method: POST, path: /b }, enrolments: [{ from: 2026-01-01 }] }]')],
    ['alternate-enrolments', rerouted('alternates: [{ id: b, channel: { source: erp-api, kind: route, method: POST, path: /b }, enrolments: [{ payer: aetna, from: 2026-02-01, until: 2026-01-31 }] }]')],
    ['primary-probe', rerouted('primaryProbe: { http: "GET erp-api:/orders/{order}" }')],
    ['primary-probe', rerouted('primaryProbe: { source: erp-db, sql: "SELECT FROM t WHERE a = {order}", passesWhen: rows }')],
    ['primary-probe', rerouted('primaryProbe: { http: "HEAD erp-api:/health", openWhen: { /status: UP } }')],
    ['primary-probe', rerouted('primaryProbe: { http: "GET erp-api:/a/../health" }')],
    ['primary-probe', rerouted('primaryProbe: { consumers: 1 }')],
    ['reroute-needs-alternate', changed('reroute: { allowed: false', 'reroute: { allowed: true')],
    ['dead-letter-unclassified', changed('code: UNCLASSIFIED', 'code: OTHER')],
    ['dead-letter-unclassified', changed('code: ERP_429', 'code: ITEM_NOT_MAPPED')],
    ['duplicate-hop', changed('id: erp-interface', 'id: capture')],
    ['single-case-field', changed('procedure:  { from: ["body:/data/caseId"], token: true }', 'procedure:  { from: ["body:/data/caseId"], token: true, case: true }')],
    ['field-token', changed('supplier:   { from: ["body:/data/supplierId"] }', 'supplier:   { from: ["body:/data/supplierId"], token: true }')],
    ['field-unknown-option', changed(', currency: USD, meaning: inventory_value }', ' }')],
    ['field-unknown-option', changed('quantity:   { from: ["body:/data/quantity", "column:qty"] }', 'quantity:   { from: ["body:/data/quantity"], currency: USD }')],
    ['table-where', flowText({ channel: '{ source: erp-db, kind: table, table: t, where: { destination: billing } }' })],
    ['table-where', flowText({ channel: '{ source: erp-db, kind: table, table: t, status: { column: state, pending: N }, where: { state: N } }' })],
    ['duplicate-step', processText('    - { id: a }\n    - { id: a }\n')],
    ['step-unknown', processText('    - { id: a, after: [b] }\n')],
    ['step-cycle', processText('    - { id: a, after: [c] }\n    - { id: b, after: [a] }\n    - { id: c, after: [b] }\n')],
    ['step-cycle', processText('    - { id: a, after: [a] }\n')],
  ])('%s', (rule, text) => expect(rulesOf(text)).toEqual([rule]));

  it('lets a draft be incomplete and R0 be forbidden', () => {
    expect(rulesOf(flowText({ spec: 'criticality: C1\nreplay: { class: R0, approval: forbidden }' }))).toEqual([]);
    expect(rulesOf(changed('lifecycle: active', 'lifecycle: deprecated\n  sunset: 2027-03-31'))).toEqual([]);
  });

  it('reads what is not said of a gate and of reroutes', () => {
    const text = flowText({ spec: 'pause: { allowed: true, gate: { onUnavailable: closed } }\nreroute: { allowed: false }' });
    const [document] = parseContractFile('x.yaml', text).documents;
    expect(document?.body).toMatchObject({ spec: { pause: { gate: { maxStale: 'PT5M', onUnavailable: 'closed', verifyAfter: 'PT1M' } }, reroute: { approval: 'four-eyes' } } });
    expect(rulesOf(flowText({ spec: 'pause: { allowed: true, gate: { maxStale: PT5M } }' }))).toEqual(['missing-key']);
  });

  it('takes outcome stages in order, and their short form', () => {
    expect(rulesOf(flowText({ spec: stages('{ name: Accepted, within: PT15M }', '{ name: "999", within: PT15M }', '{ name: Posted, within: P180D }') }))).toEqual([]);
    expect(rulesOf(flowText({ spec: 'replay: { class: R2, approval: none, confirm: { flow: orders, hop: post, leg: leave, within: PT5M } }' }))).toEqual([]);
    expect(rulesOf(flowText({ spec: 'replay: { class: R2, approval: none, confirm: { flow: orders, hop: post, leg: leave } }' }))).toEqual(['missing-key']);
    expect(rulesOf(flowText({ spec: 'replay: { class: R2, approval: none, confirm: { stages: [] } }' }))).toEqual(['invalid-value']);
  });

  it('takes probes that can be asked', () => {
    for (const probe of [
      '{ http: "GET erp-api:/issues/{order}?full=1", absentWhen: [404, 410], absentSays: { /code: GONE } }', '{ http: "HEAD erp-api:/issues/{order}", absentWhen: 404 }',
      '{ http: "GET erp-api:/periods/current", openWhen: { /status: open } }', '{ source: erp-db, sql: "SELECT FROM t WHERE a = {order}", absentWhen: no-rows }',
    ]) expect(rulesOf(probed(probe))).toEqual([]);
  });

  it('takes enrolments and probes of a primary that can be asked', () => {
    for (const told of [
      'primaryProbe: { http: "GET erp-api:/health" }', 'primaryProbe: { http: "GET erp-api:/health", openWhen: { /status: UP } }', 'primaryProbe: { source: erp-db, sql: "SELECT FROM ready", passesWhen: rows }',
      'alternates: [{ id: b, channel: { source: erp-api, kind: route, method: POST, path: /b }, enrolments: [{ payer: aetna, facility: north, from: 2026-01-01, until: 2026-01-01 }] }]',
    ]) expect(rulesOf(rerouted(told))).toEqual([]);
    expect(rulesOf(rerouted('primaryProbe: { consumers: 0 }'))).toEqual(['invalid-value']);
  });

  it('accepts steps that share a predecessor', () => {
    expect(rulesOf(processText('    - { id: a }\n    - { id: b, after: [a] }\n    - { id: c, after: [a] }\n    - { id: d, after: [b, c] }\n'))).toEqual([]);
  });

  it('names the circle', () => {
    const [problem] = parseContractFile('x.yaml', processText('    - { id: start }\n    - { id: a, after: [start, b] }\n    - { id: b, after: [a] }\n')).problems;
    expect(problem?.message).toContain('a → b → a');
    expect(problem?.line).toBe(8);
  });
});
