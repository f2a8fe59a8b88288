import type { BrokerAddress } from './broker-connection';
import { brokerAddress } from './broker-connection';
import type { Publisher } from './broker-publisher';
import { startPublisher } from './broker-publisher';
import type { Subscriber } from './broker-subscriber';
import { startSubscriber } from './broker-subscriber';

/** The broker as one application uses it. */
export interface Broker {
  address: BrokerAddress;
  publisher: Publisher;
  subscriber: Subscriber;
  stop(): void;
}

/** @param name what the broker's own pages call the application's connections */
export function attachToBroker(url: string, name: string): Broker {
  const publisher = startPublisher(url, name);
  const subscriber = startSubscriber(url, name);
  return {
    address: brokerAddress(url),
    publisher,
    subscriber,
    stop() {
      publisher.stop();
      subscriber.stop();
    },
  };
}
