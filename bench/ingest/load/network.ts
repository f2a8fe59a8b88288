/** The hospital network that the load generator plays: sizes are those of the figures in the documentation. */
export const SERVICES = [
  'adt-gateway', 'charge-capture', 'billing', 'clearinghouse-edge', 'inventory', 'procurement', 'erp-posting', 'claims-worker',
  'remittance', 'analytics-loader',
] as const;
export const FLOW_COUNT = 40;
export const FACILITY_COUNT = 200;
export const PAYER_COUNT = 400;
/** A message passes through as many spans as there are services. */
export const SPANS_PER_TRACE = SERVICES.length;

/** Queue of one hop of a flow; each flow has two. */
export function queueName(flow: number, hop: 'intake' | 'delivery'): string {
  return `flow.${String(flow).padStart(2, '0')}.${hop}`;
}
