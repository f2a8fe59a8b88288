import type { BusinessMessage } from '../../network/message';
import { fact } from '../../network/message';
import { centsOf, decimalOf } from '../../network/money';
import { PAYERS } from '../../network/places';

/** What the payer sends back for a claim: what it pays of the charge, under a trace number of its own. */
export function remittanceOf(claimMessage: BusinessMessage): BusinessMessage {
  const payer = PAYERS.find((candidate) => candidate.code === fact(claimMessage, 'payer'));
  if (payer === undefined) throw new Error(`No payer ${fact(claimMessage, 'payer')} in the network`);
  const charged = fact(claimMessage, 'amount');
  const remittance = `TRN${serialOf(claimMessage)}`;
  const paidCents = Math.floor((centsOf(charged) * payer.paysBasisPoints) / 10_000);
  return {
    facts: { ...claimMessage.facts, messageId: `835-${remittance}`, remittance, amount: decimalOf(paidCents) },
    details: { charged },
  };
}

/** The serial number in a claim's message id (`837-<serial>`): answers to the claim are named after it. */
export function serialOf(claimMessage: BusinessMessage): string {
  return claimMessage.facts.messageId.slice('837-'.length);
}
