/** Reads the wiring of a broker: a handful of requests for each virtual host, or for all of them. */
import { rows, record, text, whole, type Json } from './management/json-values';
import { listPages } from './management/list-pages';
import { apiPath, type ManagementClient } from './management/management-client';
import { effectiveOf, readPolicies, type PoliciesInForce } from './policies';
import type { BrokerBinding, BrokerExchange, BrokerQueue, BrokerTopology } from './topology';

const BINDING_COLUMNS = 'columns=vhost,source,destination,destination_type,routing_key,arguments,properties_key';

/**
 * @param vhosts empty: all that the user may see
 * @throws ManagementError
 */
export async function readTopology(client: ManagementClient, vhosts: readonly string[], signal: AbortSignal): Promise<BrokerTopology> {
  const topology: BrokerTopology = { exchanges: [], queues: [], bindings: [] };
  for (const vhost of vhosts.length === 0 ? [null] : vhosts) {
    const policies = await readPolicies(client, vhost, signal);
    const [exchanges, queues, bindings] = await Promise.all([
      listPages(client, { path: inVhost('exchanges', vhost), columns: ['name', 'vhost', 'type', 'durable', 'internal', 'arguments', 'policy'], query: '&disable_stats=true', what: 'the exchanges' }, signal),
      // Without statistics the policy is told as it is now, not as it was when the queue last had something to report.
      listPages(client, { path: inVhost('queues', vhost), columns: ['name', 'vhost', 'type', 'arguments', 'policy', 'operator_policy'], query: '&disable_stats=true', what: 'the queues' }, signal),
      client.get(`${inVhost('bindings', vhost)}?${BINDING_COLUMNS}`, 'the bindings', signal),
    ]);
    topology.exchanges.push(...exchanges.items.map((row) => exchangeOf(row, policies)));
    topology.queues.push(...queues.items.map((row) => queueOf(row, policies)));
    topology.bindings.push(...rows(bindings.body).map(bindingOf));
  }
  return topology;
}

/** The bindings that leave one exchange, by one request. @throws ManagementError */
export async function readBindingsFrom(client: ManagementClient, vhost: string, exchange: string, signal: AbortSignal): Promise<BrokerBinding[]> {
  const { body } = await client.get(`${apiPath`exchanges/${vhost}/${exchange}/bindings/source`}?${BINDING_COLUMNS}`, `the bindings of exchange ${exchange} in virtual host ${vhost}`, signal);
  return rows(body).map(bindingOf);
}

function inVhost(kind: string, vhost: string | null): string {
  return vhost === null ? kind : `${kind}/${apiPath`${vhost}`}`;
}

function exchangeOf(row: Json, policies: PoliciesInForce): BrokerExchange {
  return {
    vhost: text(row['vhost']), name: text(row['name']), type: text(row['type']), durable: row['durable'] === true, internal: row['internal'] === true,
    alternateExchange: effectiveOf(row, policies).text('alternate-exchange'),
  };
}

function queueOf(row: Json, policies: PoliciesInForce): BrokerQueue {
  const effective = effectiveOf(row, policies);
  const args = record(row['arguments']);
  return {
    vhost: text(row['vhost']), name: text(row['name']), type: text(row['type']) || 'classic', arguments: args,
    deadLetterExchange: effective.text('dead-letter-exchange'),
    deadLetterRoutingKey: effective.text('dead-letter-routing-key'),
    maxPriority: whole(args['x-max-priority']),
    messageTtlMs: effective.limit('message-ttl'),
    maxLength: effective.limit('max-length'),
    maxLengthBytes: effective.limit('max-length-bytes'),
    overflow: effective.text('overflow'),
    deliveryLimit: effective.limit('delivery-limit'),
  };
}

function bindingOf(row: Json): BrokerBinding {
  return {
    vhost: text(row['vhost']), source: text(row['source']), destination: text(row['destination']),
    destinationType: row['destination_type'] === 'exchange' ? 'exchange' : 'queue',
    routingKey: text(row['routing_key']), arguments: record(row['arguments']), propertiesKey: text(row['properties_key']),
  };
}
