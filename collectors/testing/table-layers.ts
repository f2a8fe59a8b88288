/** What a suite with a control room tests about a reroute over a table that is held; a file of its own, so that all share one broker. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readOperation } from '@/server/services/operations/read-operation';
import { startConsumers, type TestConsumers } from '../interface-tables/testing/consumers';
import type { LeverDatabase } from '../interface-tables/testing/lever-database';
import type { ControlRoom } from './control-room';

const DESK = { flowId: 'desk', hopId: 'rows' };

/** The second application takes rows with the destination `second`, and knows payer AETNA alone. */
export const deskContracts = `---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: desk }
spec:
  path:
    - { id: rows, channel: { source: erp-db, kind: table, table: desk, key: id, status: { column: status, pending: N, inProgress: P, done: C, error: E }, createdAt: created_at, updatedAt: updated_at, attempts: attempts, destination: destination, where: { destination: billing } } }
  fields: { message: { from: ["column:id"] }, payer: { from: ["column:error_code"] } }
  pause: { allowed: true, maxHold: PT4H }
  reroute: { allowed: true, approval: none, alternates: [{ id: second, enrolments: [{ payer: AETNA, from: "2020-01-01" }], channel: { source: erp-db, kind: table, table: desk, key: id, status: { column: status, pending: N }, where: { destination: second } } }] }
`;

export async function makeDesk(erp: LeverDatabase): Promise<void> {
  await erp.table('desk');
  await erp.guard('desk', { shares: [{ partition: 'destination=billing', where: { destination: ['billing'] } }] });
}

export function tableLayers({ room, erp, killAndReplace }: { room: () => ControlRoom; erp: () => LeverDatabase; killAndReplace: () => Promise<void> }): void {
  const soon = () => new Date(Date.now() + 3_600_000).toISOString();
  const insert = (rows: number) => erp().run(`INSERT INTO desk (error_code) SELECT CASE WHEN n % 2 = 0 THEN 'AETNA' ELSE 'BCBS' END FROM generate_series(1, ${rows}) n`);
  const count = async (where: string) => Number((await erp().run(`SELECT count(*) FROM desk WHERE ${where}`))[0]!.count);
  const until = async (holds: () => Promise<boolean>) => {
    while (!(await holds())) await pause(50);
  };

  it('leads whoever is eligible on from under the gate though its collectors are killed, holds everybody else, and gives back what nobody took', async () => {
    const running: TestConsumers[] = [];
    const start = (where: string) => {
      running.push(startConsumers(erp().urlOf(erp().consumer), { schema: 'public', table: 'desk' }, { where }));
      return running.at(-1)!;
    };
    try {
      await insert(60);
      const paused = await room().begin({ kind: 'pause', ...DESK, method: 'row-gate', reviewBy: soon() });
      await room().holdUntil(paused.holdId!, ({ state }) => state === 'held');
      const primary = start(` AND destination = 'billing'`);
      const asked = { kind: 'reroute' as const, ...DESK, alternate: 'second', reviewBy: soon(), perSecond: 10 };
      expect((await room().plan(asked)).plan).toMatchObject({ locks: [], act: { locks: [], waiting: '60' }, extent: { messages: '30' }, over: { holdId: paused.holdId!, method: 'row-gate' }, enrolled: [{ payer: 'AETNA' }] });
      const reroute = await room().begin(asked);
      await until(async () => (await count(`destination = 'second'`)) > 5);
      await killAndReplace();
      expect(await room().ended(reroute.id)).toMatchObject({ state: 'done', items: { sent: 30 } });
      expect(await count(`destination = 'second' AND error_code = 'AETNA'`)).toBe(30);

      const second = start(` AND destination = 'second' AND id <= (SELECT min(id) + 19 FROM desk)`);
      await until(async () => (await count(`status = 'C'`)) === 10);
      await insert(2);
      await room().holdUntil(reroute.holdId!, ({ state, observation }) => state === 'active' && observation.startsWith('1 row of public.desk of those who are rerouted came since and is held'));
      await room().holdUntil(paused.holdId!, ({ state, figures }) => state === 'held' && figures.waiting === '32');
      const restore = await room().begin({ kind: 'restore', ...DESK, holdId: reroute.holdId! });
      expect(await room().ended(restore.id)).toMatchObject({ state: 'done', items: { sent: 20, skipped: 10 } });
      await room().holdUntil(paused.holdId!, ({ state, figures }) => state === 'held' && figures.waiting === '52');
      expect(primary.claimed).toEqual([]);
      // All that was said of the hold, from the first look to the last.
      const { events } = await readOperation(room().as(room().engineer), { id: paused.id });
      expect(events.filter(({ kind }) => ['leaking', 'outside-act', 'reasserted'].includes(kind))).toEqual([]);

      const release = await room().begin({ kind: 'release', ...DESK, holdId: paused.holdId! });
      expect(await room().ended(release.id)).toMatchObject({ state: 'done' });
      await until(async () => (await count(`status = 'C'`)) === 62);
      expect([primary.claimed.length, new Set(primary.claimed).size, second.claimed.length]).toEqual([52, 52, 10]);
    } finally {
      for (const one of running) await one.stop();
    }
  }, 240_000);
}
