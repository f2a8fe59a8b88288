/** The connector of RabbitMQ. */
import type { Connector } from '../runtime/taps/connector';
import { describeBroker } from './describe/describe';
import { discoverBroker } from './discovery/discover';
import { rabbitmqLevers } from './levers';
import { tapBroker } from './tap';

export const rabbitmqConnector: Connector<'rabbitmq'> = {
  kind: 'rabbitmq',
  describe: describeBroker,
  discover: discoverBroker,
  tap: tapBroker,
  levers: rabbitmqLevers,
};
