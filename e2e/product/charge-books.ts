import { procedureAt } from '@/sandbox/network/procedures';
import { askSandbox } from './ask-sandbox';

const SEED = 'meridian';

/** A charge that the sandbox hospital has sent to billing. */
export interface Charge {
  charge: string;
  messageId: string;
  payer: string;
}

/** How many procedures the sandbox has recorded: the position before and after tells what was sent meanwhile. */
export async function proceduresRecorded(): Promise<number> {
  const [row] = await askSandbox<{ next: string }>(`SELECT next_index AS next FROM sandbox.stream_cursor WHERE stream = 'procedure'`);
  return Number(row?.next ?? 0);
}

/** Every charge of the procedures from one position until before another. They follow from the seed, whatever became of them. */
export function chargesSent(from: number, until: number): Charge[] {
  return Array.from({ length: until - from }, (_, index) => procedureAt(SEED, from + index)).flatMap(({ payer, lines }) =>
    lines.filter(({ chargeCents }) => chargeCents !== null).map(({ number }) => ({ charge: `CH${number.slice(2)}`, messageId: `CHG-${number}`, payer })),
  );
}

/** How often billing has booked each of these charges; one that it has not booked is left out. */
export async function timesBooked(charges: readonly Charge[]): Promise<Map<string, number>> {
  const rows = await askSandbox<{ charge: string; times: number }>('SELECT charge_id AS charge, times_booked AS times FROM billing.charge WHERE charge_id = ANY($1)', [charges.map(({ charge }) => charge)]);
  return new Map(rows.map(({ charge, times }) => [charge, times]));
}
