/** What a suite with a control room tests about releases in steps; a file of its own, so that all share one broker. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { stopOperation } from '@/server/services/operations/stop-operation';
import { plantSpans } from '@/server/services/testing/planted';
import type { Consumer } from '../rabbitmq/levers/testing/publishers';
import { EXCHANGE, FLOW_ID, ROUTING_KEY, STAGED, type ControlRoom } from './control-room';

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

/** @param consume takes what comes to a queue, the work queue where none is named, until the test ends */
export function ramps({ room, killAndReplace, consume }: { room: () => ControlRoom; killAndReplace: () => Promise<void>; consume: (queue?: string) => Promise<Consumer> }): void {
  /** Holds the flow and lets so many messages be parked behind it. */
  async function park(ids: readonly string[], { flowId, exchange, key }: { flowId: string; exchange: string; key: string }): Promise<string> {
    const { holdId } = await room().begin({ kind: 'pause', flowId, method: 'park', reviewBy: soon() });
    await room().holdUntil(holdId!, ({ state }) => state === 'held');
    const channel = await room().channel();
    for (const messageId of ids) channel.publish(exchange, key, Buffer.from('{}'), { persistent: true, messageId });
    await channel.waitForConfirms();
    await room().holdUntil(holdId!, ({ figures }) => figures.parked === String(ids.length));
    return holdId!;
  }

  const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const seenDownstream = (ids: readonly string[]) => plantSpans(room().clickhouse, ids.map((messageId) => ({ ...STAGED.seenAt, messageId, atMs: Date.now() })));
  const release = { kind: 'release', flowId: STAGED.flowId } as const;

  it('takes the next step only when the one before was seen downstream, also after its collectors were killed, and ends the hold', async () => {
    const ids = named('ramped', 120);
    const holdId = await park(ids, STAGED);
    const consumer = await consume(STAGED.work);
    const planned = await room().plan({ ...release, holdId, ramp: { tolerate: 0 } });
    expect(planned).toMatchObject({ locks: [], plan: { act: { waiting: '120', steps: [expect.stringContaining('Let 1 % (2 messages)') as string, expect.stringContaining('Let 10 % (10 messages)') as string, expect.stringContaining('release the rest') as string, expect.any(String) as string, expect.any(String) as string] } } });

    const ramp = await room().begin({ ...release, holdId, ramp: { stage: STAGED.stage, tolerate: 0 } });
    await room().until(ramp.id, ({ progress }) => progress.steps?.[0]?.state === 'watching');
    await killAndReplace();
    await room().until(ramp.id, ({ progress }) => progress.sentence?.includes('2 awaited') === true);
    await room().holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked === '118');
    expect(consumer.ids).toEqual(ids.slice(0, 2));

    await seenDownstream(ids.slice(0, 2));
    await until(() => consumer.ids.length === 12);
    await seenDownstream(ids.slice(2, 12));
    await until(() => consumer.ids.length > 12);
    await killAndReplace();
    const ended = await room().ended(ramp.id);
    expect(ended).toMatchObject({ state: 'done', items: { confirmed: 12 }, progress: { steps: [{ percent: 1, state: 'passed' }, { percent: 10, state: 'passed' }, { percent: 100, state: 'passed' }] } });
    expect(ended.events.filter(({ kind }) => kind === 'step').map(({ sentence }) => sentence)).toEqual([
      '120 messages wait. First: 1 % (2 messages).', expect.stringMatching(/^1 % \(2 messages\): 2 sent\./) as string, '1 % (2 messages): 2 good. Next: 10 % (10 messages).',
      expect.stringMatching(/^10 % \(10 messages\): 10 sent\./) as string, '10 % (10 messages): 10 good. Next: the rest.',
    ]);
    await room().holdUntil(holdId, ({ state }) => state === 'released');
    await until(() => consumer.ids.length >= ids.length);
    expect(consumer.ids).toEqual(ids);
  }, 240_000);

  it('stops itself when its canary fails again, and by hand; what has not gone stays held', async () => {
    const ids = named('refused', 30);
    const holdId = await park(ids, STAGED);
    const channel = await room().channel();
    const refused: string[] = [];
    const { consumerTag } = await channel.consume(STAGED.work, (message) => {
      refused.push(String(message?.properties.messageId));
      if (message) channel.nack(message, false, false);
    });
    const first = await room().begin({ ...release, holdId, ramp: { tolerate: 0 } });
    expect(await room().ended(first.id)).toMatchObject({ state: 'partly-done', items: { rejected: 1 }, summary: expect.stringMatching(/failed again.*All others stay held/) as string, progress: { steps: [{ state: 'stopped' }, { state: 'ahead' }, { state: 'ahead' }] } });
    expect(refused).toEqual(ids.slice(0, 1));
    await channel.cancel(consumerTag);
    await room().holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked === '29');

    const consumer = await consume(STAGED.work);
    const second = await room().begin({ ...release, holdId, ramp: { tolerate: 0 } });
    await room().until(second.id, ({ progress }) => progress.steps?.[0]?.state === 'watching');
    await stopOperation(room().as(room().engineer), { id: second.id, reason: 'Not now' });
    expect(await room().ended(second.id)).toMatchObject({ state: 'aborted', summary: expect.stringContaining('All others stay held') as string });
    expect((await room().holdUntil(holdId, ({ state, figures }) => state === 'held' && figures.parked !== '29')).figures.parked).toBe('28');
    await room().ended((await room().begin({ ...release, holdId })).id);
    await until(() => consumer.ids.length >= 29);
    expect(consumer.ids).toEqual(ids.slice(1));
  }, 240_000);

  it('waits for quiet where the contract names no outcome', async () => {
    const ids = named('quiet', 3);
    const holdId = await park(ids, { flowId: FLOW_ID, exchange: EXCHANGE, key: ROUTING_KEY });
    const consumer = await consume();
    await expect(room().plan({ kind: 'release', holdId, ramp: { stage: 'accepted', tolerate: 0 } })).rejects.toThrow(/names no outcome stage/);
    const ramp = await room().begin({ kind: 'release', holdId, ramp: { quietSeconds: 5, tolerate: 0 } });
    await room().until(ramp.id, ({ progress }) => progress.sentence?.includes('quiet since') === true);
    expect(consumer.ids).toEqual(ids.slice(0, 1));
    expect(await room().ended(ramp.id)).toMatchObject({ state: 'done', items: { sent: 1 } });
    await until(() => consumer.ids.length === 3);
  }, 120_000);
}
