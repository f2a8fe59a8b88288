/**
 * A trace as it is opened: one array per column, so that 100,000 spans stay a few megabytes; attributes come per span.
 * `spanId[i]`, `name[i]` … belong to one span; spans are ordered by start.
 */
export interface TraceSpans {
  spanId: string[];
  /** Index of the parent in these arrays; -1 for a root and for a span whose parent has not been received. */
  parentIndex: number[];
  name: string[];
  service: string[];
  kind: string[];
  /** Nanoseconds since `startedAt`; exact as a float up to 104 days. */
  startOffsetNs: number[];
  durationNs: number[];
  isError: boolean[];
  /** Empty where no contract matched. */
  flowId: string[];
  hopId: string[];
  leg: string[];
  /** Why an attempt failed, as the contract names it; empty when it did not. */
  statusReason: string[];
}

export interface LinkedSpan {
  /** The other end. */
  traceId: string;
  spanId: string;
  /** `to`: a span of this trace points at it (its cause); `from`: it points at a span of this trace. */
  direction: 'to' | 'from';
  /** The span of this trace; -1 when the link names one that has not been received. */
  spanIndex: number;
}

export interface TraceView {
  traceId: string;
  /** RFC 3339 with nanoseconds. */
  startedAt: string;
  /** Integer nanoseconds as a string. */
  durationNs: string;
  asOf: string;
  spans: TraceSpans;
  linked: LinkedSpan[];
}

export interface SpanEvent {
  at: string;
  name: string;
  attributes: Record<string, string>;
}

export interface SpanDetail {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  name: string;
  service: string;
  kind: string;
  startedAt: string;
  durationNs: string;
  receivedAt: string;
  status: { code: string; message: string; reason: string };
  business: {
    flowId: string | null;
    hopId: string | null;
    leg: string;
    facilityId: string | null;
    payerId: string | null;
    supplierId: string | null;
    departmentId: string | null;
    itemId: string | null;
    /** Masked where the contract says the key identifies a person or an account. */
    caseLabel: string | null;
    amount: { amount: string; currency: string } | null;
    messageId: string | null;
    contractVersion: string | null;
  };
  attributes: Record<string, string>;
  resource: Record<string, string>;
  events: SpanEvent[];
  links: { traceId: string; spanId: string; attributes: Record<string, string> }[];
}
