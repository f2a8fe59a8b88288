import { DEPARTMENTS, FACILITIES, PAYERS } from './places';
import type { Item } from './items';
import { ITEMS } from './items';
import { randomAt } from './random';

/** One item used in a procedure. Amounts in cents. */
export interface UsageLine {
  number: string;
  item: Item;
  quantity: number;
  costCents: number;
  /** What is charged for it; null where the item is part of the room charge. */
  chargeCents: number | null;
}

/** One procedure and everything used in it. The account is a synthetic number: there is no patient behind it. */
export interface Procedure {
  /** Serial number of the procedure: it names messages, and says nothing about the account. */
  serial: string;
  /** Claim control number: the one key that identifies an account, so nothing else is made from it. */
  claim: string;
  facility: string;
  department: string;
  payer: string;
  lines: UsageLine[];
}

const LINE_COUNTS = [
  { count: 1, weight: 55 },
  { count: 2, weight: 30 },
  { count: 3, weight: 15 },
] as const;

/** Charged at cost times 3.2, the network's markup. */
const MARKUP_TENTHS = 32;

/** Procedure `index` of the network: the same for the same seed, whenever and wherever it is asked for. */
export function procedureAt(seed: string, index: number): Procedure {
  const random = randomAt(seed, 'procedure', index);
  const serial = String(index).padStart(8, '0');
  const facility = random.pick(FACILITIES).code;
  const department = random.pick(DEPARTMENTS).code;
  const payer = random.pick(PAYERS).code;
  const count = random.pick(LINE_COUNTS).count;
  const lines = Array.from({ length: count }, (_, position): UsageLine => {
    const item = random.pick(ITEMS);
    const quantity = random.next() < 0.7 ? 1 : 2;
    const costCents = item.unitCostCents * quantity;
    // The first line is always chargeable, so that every procedure ends in a claim.
    const chargeable = random.next() < 0.8 || position === 0;
    return {
      number: `UL${serial}-${position + 1}`,
      item,
      quantity,
      costCents,
      chargeCents: chargeable ? Math.floor((costCents * MARKUP_TENTHS) / 10) : null,
    };
  });
  return { serial, claim: claimControlNumber(seed, index), facility, department, payer, lines };
}

function claimControlNumber(seed: string, index: number): string {
  const random = randomAt(seed, 'claim', index);
  const digits = Array.from({ length: 3 }, () => random.between(0, 9_999).toString().padStart(4, '0'));
  return `CLM${digits.join('')}`;
}
