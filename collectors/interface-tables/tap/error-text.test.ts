import { describe, expect, it } from 'vitest';
import type { FlowContract } from '@/server/domain/contracts/flow-schema';
import { contractsOf } from '../testing/contracts';
import { errorCodeOf, errorTextOf } from './error-text';

const flow = (phi: string): FlowContract => contractsOf({ id: 'orders', table: 'orders', phi }).flows[0]!;
const open = flow('{ contains: false }');

describe('what is kept of error texts', () => {
  it.each([
    ['HTTP 503 from target', 'HTTP 503 from target'],
    ['Patient 4711 not found', 'Patient {id} not found'],
    ['value "Miller, John" too long', 'value {text} too long'],
    ['GET http://erp/x?mrn=77 timed out after 30s', 'GET http://erp/x timed out after {id}'],
    ['mail j.miller@example.org born 1980-02-03', 'mail {id} born {id}'],
    ['ORA-00001: unique constraint', 'ORA-00001: unique constraint'],
    ['  ', ''],
    ['word '.repeat(100), `${'word '.repeat(60)}…`],
  ])('%j', (text, kept) => expect(errorTextOf(text, open)).toBe(kept));

  it('is only the length where the contract says nothing else', () => {
    expect(errorTextOf('Müller 😀', flow('{ contains: true, payloadRetention: P7D, maskProfile: strict }'))).toBe('‹masked:8›');
    expect(errorTextOf('text', { ...open, spec: { ...open.spec, phi: undefined } })).toBe('‹masked:4›');
    expect(errorTextOf(null, open)).toBe('');
  });
});

describe('reasons as the application writes them', () => {
  it.each([['ITEM_NOT_MAPPED', 'ITEM_NOT_MAPPED'], ['503', '503'], ['ORA-01403', 'ORA-01403'], [' E12 ', 'E12'], ['Patient John Miller', ''], ['CLM1234567', ''], ['4711', ''], ['', ''], [null, '']])('%j', (value, code) => {
    expect(errorCodeOf(value)).toBe(code);
  });
});
