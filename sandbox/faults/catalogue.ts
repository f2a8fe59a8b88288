import { ITEMS, MOST_USED_ITEM } from '../network/items';
import { FACILITIES, PAYERS } from '../network/places';

export const FAULTS = [
  'slow-payer',
  'clearinghouse-down',
  'facility-feed-broken',
  'erp-errors',
  'erp-lookup-hangs',
  'period-closed',
  'payer-charges-rejected',
  'accounts-voided',
  'item-mapping',
  'consumer-stopped',
  'everything-slow',
  'feed-silent',
] as const;
export type FaultName = (typeof FAULTS)[number];

export interface FaultTarget {
  value: string;
  label: string;
}

export interface FaultDescription {
  title: string;
  /** What it does to the network, in words. */
  effect: string;
  /** What it can be aimed at; empty when it concerns everything. The first is the default. */
  targets: readonly FaultTarget[];
}

/** The integration engine's consumers, by the name of the work they do. */
export const CONSUMERS = [
  'claims', 'claims-southgate', 'usage', 'replenishment', 'purchase-orders', 'charges', 'receipts', 'journals',
  'item-changes-inventory', 'item-changes-billing', 'item-changes-analytics', 'utilization-extracts', 'cycle-extracts',
] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

/** What can be wrong with the ERP's lookups. */
export const LOOKUP_TROUBLES = ['hangs', 'gone', 'lies'] as const;

/** Feeds that can fall silent at their origin. */
export const FEEDS = ['remittances', 'procedures', 'item-changes', 'utilization-extracts', 'cycle-extracts'] as const;
export type FeedName = (typeof FEEDS)[number];

const partyTarget = (party: { code: string; name: string }) => ({ value: party.code, label: `${party.name} (${party.code})` });
const plainTarget = (value: string) => ({ value, label: value });
const DEFAULT_FACILITY = 'MH120';
const DEFAULT_PAYER = '00435';

const defaultFirst = (targets: readonly FaultTarget[], first: string) => [
  ...targets.filter((target) => target.value === first),
  ...targets.filter((target) => target.value !== first),
];

export const FAULT_CATALOGUE: Readonly<Record<FaultName, FaultDescription>> = {
  'clearinghouse-down': {
    title: 'The clearinghouse takes no claims',
    effect: 'Northstar answers every claim with CLEARINGHOUSE_CLOSED, and says so when it is asked; the integration engine tries again for ten minutes, then gives a claim up. Southgate, the alternate, is not affected.',
    targets: [],
  },
  'slow-payer': {
    title: 'One payer is slow',
    effect: 'The clearinghouse waits 12 to 18 seconds for this payer on every claim, and its answers and payments come late.',
    targets: defaultFirst(PAYERS.map(partyTarget), DEFAULT_PAYER),
  },
  'facility-feed-broken': {
    title: 'One facility’s feed is broken',
    effect: 'The integration engine cannot read what this facility’s inventory sends: usage, charges, replenishment, receipts and extracts fail there and are tried again.',
    targets: defaultFirst(FACILITIES.map(partyTarget), DEFAULT_FACILITY),
  },
  'erp-errors': {
    title: 'The ERP answers with errors',
    effect: 'Six of ten calls to the ERP’s API are answered with 503; callers try again.',
    targets: [],
  },
  'erp-lookup-hangs': {
    title: 'The ERP’s lookups cannot be trusted',
    effect: 'Whoever asks the ERP whether it knows something gets no answer (hangs), a 404 as if there were no such resource (gone), or the answer that it knows none (lies). What is posted to it is not affected.',
    targets: LOOKUP_TROUBLES.map(plainTarget),
  },
  'period-closed': {
    title: 'The accounting period is closed',
    effect: 'The ERP refuses issues, receipts and journals with PERIOD_CLOSED, and says so when it is asked; callers try again, and what fails for ten minutes is given up.',
    targets: [],
  },
  'payer-charges-rejected': {
    title: 'One payer’s charges are rejected',
    effect: 'Billing rejects every charge of this payer with CHARGE_REJECTED: after three tries, about twelve seconds, they are dead letters (without a broker they wait in error). Charges of others go on.',
    targets: defaultFirst(PAYERS.map(partyTarget), DEFAULT_PAYER),
  },
  'accounts-voided': {
    title: 'One payer’s accounts are voided',
    effect: 'Billing voids the account of every charge of this payer that arrives, and rejects the charge with ACCOUNT_VOIDED. The accounts stay voided afterwards.',
    targets: defaultFirst(PAYERS.map(partyTarget), DEFAULT_PAYER),
  },
  'item-mapping': {
    title: 'One item is not mapped',
    effect: 'The integration engine finds no mapping for this item: usage and charges of it fail and wait in error until the mapping is back; over a broker they become dead letters.',
    targets: defaultFirst(ITEMS.map(partyTarget), MOST_USED_ITEM.code),
  },
  'consumer-stopped': {
    title: 'A consumer is stopped',
    effect: 'The integration engine no longer takes what waits in this interface table or queue.',
    targets: CONSUMERS.map(plainTarget),
  },
  'everything-slow': {
    title: 'Everything is slow',
    effect: 'Every system takes 8 to 12 seconds longer for every request and every row.',
    targets: [],
  },
  'feed-silent': {
    title: 'A feed is silent',
    effect: 'This feed sends nothing, without any error.',
    targets: FEEDS.map(plainTarget),
  },
};

export interface ActiveFault {
  name: FaultName;
  /** Null when the fault concerns everything. */
  target: string | null;
  since: string;
}

/** Whether a text names a fault. */
export function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && (FAULTS as readonly string[]).includes(name);
}

/**
 * The target that a fault gets: the given one when the fault knows it, its default when none is given.
 * @throws a sentence that lists the possible targets
 */
export function targetOf(name: FaultName, given: string | undefined): string | null {
  const { targets } = FAULT_CATALOGUE[name];
  if (targets.length === 0) {
    if (given !== undefined) throw new Error(`${name} concerns everything and takes no target`);
    return null;
  }
  const chosen = given === undefined ? targets[0] : targets.find((target) => target.value === given);
  if (chosen === undefined) {
    throw new Error(`${name} cannot be aimed at "${given}"; possible: ${targets.map((target) => target.value).join(', ')}`);
  }
  return chosen.value;
}
