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
    ['replay-r1-guarded', changed('    maxBatch: 1000\n', '')],
    ['replay-r1-guarded', flowText({ spec: 'replay: { class: R1, approval: four-eyes, maxBatch: 10 }' })],
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

  it('accepts steps that share a predecessor', () => {
    expect(rulesOf(processText('    - { id: a }\n    - { id: b, after: [a] }\n    - { id: c, after: [a] }\n    - { id: d, after: [b, c] }\n'))).toEqual([]);
  });

  it('names the circle', () => {
    const [problem] = parseContractFile('x.yaml', processText('    - { id: start }\n    - { id: a, after: [start, b] }\n    - { id: b, after: [a] }\n')).problems;
    expect(problem?.message).toContain('a → b → a');
    expect(problem?.line).toBe(8);
  });
});
