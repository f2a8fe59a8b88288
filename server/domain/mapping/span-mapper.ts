/**
 * The seam between a receiver, which knows a wire format, and the contracts, which know what an attribute means.
 * A receiver asks which attribute keys the contracts look at, hands over their values per span, and gets the
 * business columns back. Nothing here knows OTLP, nothing in a receiver knows contracts.
 */

import type { MappedRecord } from '../taps/facts';

/** Span kinds as the OpenTelemetry Collector's ClickHouse exporter spells them, indexed by the OTLP enum value. */
export const SPAN_KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** What a span is to its hop: a message enters once, leaves once, and has attempts; everything else is `none`. */
export const LEGS = ['none', 'enter', 'leave', 'attempt'] as const;
export type Leg = (typeof LEGS)[number];

/** What a mapper may look at. `attributes[i]` belongs to `mapper.spanKeys[i]`, `resource[i]` to `mapper.resourceKeys[i]`. */
export interface SpanFacts {
  name: string;
  kind: SpanKind;
  serviceName: string;
  isError: boolean;
  attributes: readonly (string | undefined)[];
  resource: readonly (string | undefined)[];
}

/** The business columns of one span. An empty string is "not known"; a receiver reuses one object for all spans. */
export interface MappedSpan extends MappedRecord {
  leg: Leg;
  sourceId: string;
}

export interface SpanMapper {
  /** Identity of the rule set: changes when a contract, source or lookup changes. */
  readonly version: string;
  readonly spanKeys: readonly string[];
  readonly resourceKeys: readonly string[];
  /** Attribute keys (span or resource) whose values contracts declare, and which may therefore pass the allow-list. */
  readonly passKeys: ReadonlySet<string>;
  /** Attribute keys whose values identify a person or an account: stored only as token, masked in the attribute map. */
  readonly tokenKeys: ReadonlySet<string>;
  /** Fills `out` for one span. Never throws; what cannot be mapped stays empty and is counted by `takeCounts`. */
  map(span: SpanFacts, out: MappedSpan): void;
  /** Counts since the last call, for display: fields a contract asked for and did not find, spans without a contract. */
  takeCounts(): MappingCount[];
}

export interface MappingCount {
  kind: 'field-missing' | 'lookup-missing' | 'amount-invalid' | 'unassigned';
  /** `flow/field` for the first three, the channel as seen (`http:route:POST /x`) for `unassigned`. */
  subject: string;
  count: number;
}

export function emptyMappedSpan(): MappedSpan {
  return {
    flowId: '', hopId: '', leg: 'none', facilityId: '', payerId: '', supplierId: '', departmentId: '', itemId: '',
    caseToken: '', caseLabel: '', amount: '', currency: '', sourceId: '', messageId: '', reason: '', contractVersion: '',
  };
}
