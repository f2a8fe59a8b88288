/** Who is enrolled at an alternate, by the contract; pure. */
import type { Alternate, FlowContract } from '../contracts/flow-schema';

/** Whose messages an alternate takes: all that an entry names must fit. */
export interface Enrolled {
  payer?: string | undefined;
  facility?: string | undefined;
}

type Dates = { from: string; until?: string | undefined };

/** @returns the entries in force on the day of `at` (UTC); null: the contract lists nobody, so everybody's messages are taken */
export function enrolledAt({ enrolments }: Pick<Alternate, 'enrolments'>, at: Date): Enrolled[] | null {
  if (enrolments === undefined) return null;
  return enrolments.filter((entry) => isInForce(entry, at)).map(({ payer, facility }) => ({ ...(payer === undefined ? {} : { payer }), ...(facility === undefined ? {} : { facility }) }));
}

/** Whether a message's values are those of somebody who is enrolled. What is not known fits no entry. */
export function isEnrolled(enrolled: readonly Enrolled[] | null, { payer, facility }: { payer: string; facility: string }): boolean {
  return enrolled === null || enrolled.some((entry) => (entry.payer === undefined || entry.payer === payer) && (entry.facility === undefined || entry.facility === facility));
}

/**
 * Whose messages go to an alternate when `only` theirs are rerouted to it and it takes those of `enrolled` alone.
 *
 * @returns null: everybody's; empty: nobody's
 */
export function reroutedWhose(only: Enrolled | null, enrolled: readonly Enrolled[] | null): Enrolled[] | null {
  if (enrolled === null) return only === null ? null : [only];
  const { payer, facility } = only ?? {};
  return enrolled
    .filter((entry) => (payer === undefined || entry.payer === undefined || entry.payer === payer) && (facility === undefined || entry.facility === undefined || entry.facility === facility))
    .map((entry) => ({ ...entry, ...(payer === undefined ? {} : { payer }), ...(facility === undefined ? {} : { facility }) }));
}

/** Who is enrolled and since when, in words, one for each entry in force; empty: everybody. */
export function enrolmentWords({ enrolments = [] }: Pick<Alternate, 'enrolments'>, at: Date): string[] {
  return enrolments.filter((entry) => isInForce(entry, at)).map(({ payer, facility, from, until }) => `${whoseWords({ payer, facility })} since ${from}${until === undefined ? '' : ` until ${until}`}`);
}

export function whoseWords({ payer, facility }: Enrolled): string {
  return [...(payer === undefined ? [] : [`payer ${payer}`]), ...(facility === undefined ? [] : [`facility ${facility}`])].join(' at ');
}

/** What people call an alternate. */
export function alternateName({ spec }: FlowContract, id: string): string {
  return spec.reroute?.alternates?.find((alternate) => alternate.id === id)?.name ?? id;
}

/** Days are days of UTC: contracts name no zone. */
export function isInForce({ from, until }: Dates, at: Date): boolean {
  const day = at.toISOString().slice(0, 10);
  return from <= day && (until === undefined || day <= until);
}
