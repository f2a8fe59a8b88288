/** The technologies that Signalbox can connect to. */
import type { ConnectableKind } from '@/server/domain/sources/connection';
import { postgresConnector } from './interface-tables';
import { rabbitmqConnector } from './rabbitmq';
import type { Connector } from './runtime/taps/connector';

export const CONNECTORS: Readonly<{ [K in ConnectableKind]: Connector<K> }> = { rabbitmq: rabbitmqConnector, postgres: postgresConnector };
