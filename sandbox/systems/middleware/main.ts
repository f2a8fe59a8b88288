import type { BusinessMessage } from '../../network/message';
import type { Faults } from '../../runtime/active-faults';
import type { Consumer } from '../../runtime/consumer';
import { Failure } from '../../runtime/failure';
import { handOver } from '../../runtime/hand-over';
import { runSystem } from '../../runtime/system';
import type { Transfer } from './transfers';
import { RECEPTIONS, TRANSFERS } from './transfers';

const NOT_MAPPED = 'ITEM_NOT_MAPPED';

/** What the engine does to a message before it delivers it: read it, translate it. */
function translate(transfer: Transfer, { facts }: BusinessMessage, faults: Faults): void {
  if (transfer.isFacilityFeed && faults.isOn('facility-feed-broken', facts.facility)) {
    throw new Failure('FEED_UNREADABLE', `The feed of facility ${facts.facility} cannot be read`, 502, { isBeforeDelivery: true });
  }
  if (transfer.mapsItem && faults.isOn('item-mapping', facts.item)) {
    throw new Failure(NOT_MAPPED, `Item ${facts.item} has no mapping for ${transfer.destination}`, 422, { isBeforeDelivery: true, isLasting: true });
  }
}

await runSystem({
  id: 'middleware',
  routes: (context) =>
    RECEPTIONS.map(({ route, into, destination }) => ({
      route,
      handle: (message) => handOver(context, context.pool, into, destination, message),
    })),
  async start({ faults, call }, parts) {
    const mapping: Consumer[] = [];
    for (const transfer of TRANSFERS) {
      const consumer = await parts.consume(
        transfer.from,
        transfer.destination,
        async (message, attempt) => {
          translate(transfer, message, faults);
          await call(transfer.to, message, attempt, { itemId: message.facts.item ?? '' });
        },
        transfer.consumer,
      );
      if (transfer.mapsItem) mapping.push(consumer);
    }
    // The steward's correction: whenever mappings change, what waits for one is tried again.
    const retryUnmapped = () => {
      for (const consumer of mapping) {
        consumer.requeue?.(NOT_MAPPED).catch((error: unknown) => console.error(`sandbox: cannot requeue: ${String(error)}`));
      }
    };
    faults.onChange(retryUnmapped);
    retryUnmapped();
  },
});
