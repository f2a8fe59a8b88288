import { askSandbox } from './ask-sandbox';

/** Which clearinghouse of the sandbox: Northstar, or the alternate. */
type Clearinghouse = 'clearinghouse' | 'southgate';

/** How many claims a clearinghouse has taken, by its own books, of each payer (by the network's code). */
export async function claimsTaken(by: Clearinghouse): Promise<Map<string, number>> {
  const rows = await askSandbox<{ payer: string; claims: number }>(`SELECT payer_code AS payer, count(*)::int AS claims FROM ${by}.claim GROUP BY 1`);
  return new Map(rows.map(({ payer, claims }) => [payer, claims]));
}
