import { expect, it } from 'vitest';
import { remittanceOf } from './remittance';

const claim = {
  facts: { messageId: '837-00000007', claim: 'CLM918273645546', payer: '60410', facility: 'MH110', amount: '1000.01', currency: 'USD' },
  details: {},
};

it('pays the payer’s share of the charge, rounded down to a cent, and keeps what the claim is about', () => {
  expect(remittanceOf(claim)).toEqual({
    facts: { ...claim.facts, messageId: '835-TRN00000007', remittance: 'TRN00000007', amount: '615.00' },
    details: { charged: '1000.01' },
  });
});

it('refuses a payer that the network does not know', () => {
  expect(() => remittanceOf({ ...claim, facts: { ...claim.facts, payer: '99999' } })).toThrow('No payer 99999');
});
