import { describe, expect, it } from 'vitest';
import { bodyPointersOf, maskedBody, mayStoreBody } from './masked-body';
import { contracts } from './testing/contract-flows';

const flow = (spec: string) => contracts({ spec }).flows[0]!;

describe('maskedBody', () => {
  const pointers = bodyPointersOf(flow('fields:\n  payer: { from: ["body:/claim/payer"] }\n  claim: { from: ["body:/claim/number"], case: true, token: true }\n  item: { from: ["body:/lines/0/item"] }'));

  it('keeps what the contract reads for fields that identify nobody, and masks everything else', () => {
    const body = { claim: { payer: 'ACME', number: 'C-1', note: 'Jané 😀' }, lines: [{ item: 'I-7', price: 12.5 }], ok: true, none: null };
    expect(JSON.parse(maskedBody(body, pointers))).toEqual({
      claim: { payer: 'ACME', number: '‹masked:3›', note: '‹masked:6›' }, lines: [{ item: 'I-7', price: '‹masked:4›' }], ok: '‹masked:4›', none: null,
    });
  });
  it('masks keys that may be data, and what lies too deep', () => {
    let deep: unknown = 'secret';
    for (let level = 0; level < 100; level++) deep = { a: deep };
    const text = maskedBody({ 'Jane Roe': 1, '4711': 2, deep }, pointers);
    expect(text).not.toMatch(/Jane|4711|secret/);
  });
  it('stores nothing where there is nothing, or too much', () => {
    expect(maskedBody(undefined, pointers)).toBe('');
    expect(maskedBody(Array.from({ length: 50_000 }, () => 'x'), pointers)).toBe('');
  });
  it('is allowed only by a contract that says so', () => {
    expect(['phi: { contains: false }', 'phi: { contains: true, payloadRetention: P7D, maskProfile: default }', ''].map((spec) => mayStoreBody(flow(spec)))).toEqual([true, false, false]);
  });
});
