import { describe, expect, it, vi } from 'vitest';
import { contracts, queueChannel } from '../messages/testing/contract-flows';
import { isBound, warningsOf } from '../messages/testing/broker-suite';
import { leverSuite } from './testing/lever-suite';

const suite = leverSuite();

describe('our own tap beside a hold', () => {
  it('goes on copying what is parked and what is not, takes nothing away, and is back afterwards', async () => {
    const { vhost, channel } = await suite.openVhost();
    await channel.assertExchange('claims', 'topic', { durable: true });
    for (const [queue, key] of [['work', 'claims.837'], ['remits', 'claims.835']] as const) {
      await channel.assertQueue(queue, { durable: true });
      await channel.bindQueue(queue, 'claims', key);
    }
    const publish = async (key: string, messageId: string) => {
      channel.publish('claims', key, Buffer.from('x'), { messageId });
      await channel.waitForConfirms();
    };
    // The tap of the other flow asks for more than is parked.
    const tapped = suite.tap(vhost, contracts({ channel: queueChannel(vhost, 'exchange: claims, keys: ["claims.#"], name: remits') }, { channel: queueChannel(vhost, 'exchange: claims, keys: ["claims.837"], name: work') }));
    await tapped.until(isBound(1));
    const bench = suite.bench(vhost, 'exchange: claims, keys: ["claims.837"], name: work');
    const hold = await bench.hold('park');
    const seen = () => tapped.messages.map(({ nativeMessageId }) => nativeMessageId);

    for (let index = 0; index < 20; index++) {
      await publish('claims.837', `parked-${index}`);
      await publish('claims.835', `through-${index}`);
      // The tap looks at its bindings in between.
      const looks = tapped.report()?.lastSuccessAt ?? 0;
      await tapped.until((state) => (state.report()?.lastSuccessAt ?? 0) > looks);
    }
    expect(await bench.observe(hold)).toMatchObject({ figures: { parked: '20' } });
    expect(await channel.checkQueue('remits')).toMatchObject({ messageCount: 20 });
    await tapped.until(() => new Set(seen()).size === 40);
    // Each once for every channel whose contract names its key.
    const on = (queue: string) => tapped.messages.filter(({ channelId }) => channelId.endsWith(`:${queue}`)).map(({ nativeMessageId }) => nativeMessageId);
    expect(on('work').toSorted()).toEqual(Array.from({ length: 20 }, (_, index) => `parked-${index}`).toSorted());
    expect(on('remits')).toHaveLength(40);
    expect(warningsOf(tapped).join(' ')).not.toContain('nroutable');

    await bench.pull({ kind: 'release', hold, perSecond: null });
    await publish('claims.837', 'after');
    await publish('claims.835', 'after-too');
    await vi.waitFor(async () => expect(await channel.checkQueue('work')).toMatchObject({ messageCount: 21 }));
    await tapped.until(() => seen().includes('after') && seen().includes('after-too'));
  });
});
