/** What a suite with a control room tests about the end of reroutes; a file of its own, so that both share one broker. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTarget, type Target } from '@/collectors/runtime/probes/testing/target';
import { confirmOperation } from '@/server/services/operations/confirm-operation';
import { extendHold } from '@/server/services/operations/keep-hold';
import { listOperations } from '@/server/services/operations/list-operations';
import { decideReceived } from '@/server/services/operations/received/decide-received';
import { listReceived } from '@/server/services/operations/received/list-received';
import { readOperation } from '@/server/services/operations/read-operation';
import { ALTERNATE, EXCHANGE, FLOW_ID, ROUTING_KEY, WORK, type ControlRoom } from './control-room';

const soon = () => new Date(Date.now() + 3_600_000).toISOString();

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50);
}

export function rerouteEnds({ room, killAndReplace }: { room: () => ControlRoom; killAndReplace: () => Promise<void> }): void {
  const HTTP = '{ http: "GET primary:/health", openWhen: { /status: UP } }';
  let primary: Target;
  beforeAll(async () => { primary = await startTarget(); });
  afterAll(() => primary.close());
  beforeEach(() => {
    primary.asked.length = 0;
    primary.answer((response) => response.end('{"status":"UP"}'));
  });

  const isUp = (status: 'UP' | 'DOWN') => primary.answer((response) => response.end(JSON.stringify({ status })));

  /** What the contract in force asks the primary; undefined: the room's own contract, without a reroute. */
  let inForce: string | null | undefined;

  /** Resolves when the collector that plans has the contract with this probe. */
  async function asksPrimary(probe: string | null): Promise<void> {
    if (probe === inForce) return;
    // Two probes read alike in a plan, so it is none in between.
    if (probe !== null) await asksPrimary(null);
    await room().writeContracts({
      sources: `  - { id: primary, system: middleware, kind: http, probe: { url: "${primary.url}", timeoutSeconds: 1 } }`,
      spec: `  reroute: { allowed: true, approval: none, alternates: [{ id: second, channel: { source: broker, kind: queue, vhost: "${room().vhost}", name: ${ALTERNATE} } }]${probe === null ? '' : `, primaryProbe: ${probe}`} }`,
    });
    const words = probe === null ? /nothing ends by itself/ : /the primary is probed/;
    await until(async () => {
      const { plan } = await room().plan({ kind: 'reroute', alternate: 'second', reviewBy: soon() }).catch(() => ({ plan: null }));
      return plan?.act.steps.some((step) => words.test(step)) ?? false;
    });
    inForce = probe;
  }

  /** Ends so many milliseconds from now, and is probed then. */
  async function rerouted(probe: string | null, endsInMs: number): Promise<string> {
    await asksPrimary(probe);
    const planned = await room().plan({ kind: 'reroute', alternate: 'second', reviewBy: new Date(Date.now() + endsInMs).toISOString() });
    await confirmOperation(room().as(room().engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test', typed: FLOW_ID });
    await room().ended(planned.id);
    return planned.holdId!;
  }

  const restores = async (holdId: string) => (await listOperations(room().as(room().engineer), { limit: 100 })).items.filter(({ kind, holdId: of }) => kind === 'restore' && of === holdId);
  let published = 0;
  const publish = async () => {
    const channel = await room().channel();
    channel.publish(EXCHANGE, ROUTING_KEY, Buffer.from(JSON.stringify({ number: (published += 1) })), { persistent: true });
    await channel.waitForConfirms();
    return Promise.all([WORK, ALTERNATE].map(async (queue) => (await channel.checkQueue(queue)).messageCount));
  };
  const restoreByHand = async (holdId: string) => {
    const restore = await room().begin({ kind: 'restore', holdId });
    expect(await room().ended(restore.id)).toMatchObject({ state: 'done' });
  };

  it('is restored once its probe passes, by the ordinary verbs, though the collector is killed while it probes and while it waits to confirm', async () => {
    const holdId = await rerouted(HTTP, 15_000);
    expect(await publish()).toEqual([0, 1]);
    let kills = 0;
    primary.answer(async (response) => {
      // The first probe, before anything is asked for; then the one before the restore is confirmed.
      const isPlanned = (await restores(holdId)).some(({ state }) => state === 'planned');
      if (kills === 0 || (kills === 1 && isPlanned)) {
        kills++;
        return void killAndReplace();
      }
      response.end('{"status":"UP"}');
    });
    await room().holdUntil(holdId, ({ state }) => state === 'restored');
    expect(kills).toBe(2);
    const [restore, ...others] = await restores(holdId);
    expect(others).toEqual([]);
    await room().ended(restore!.id);
    expect(await readOperation(room().as(room().engineer), { id: restore!.id })).toMatchObject({
      state: 'done', requestedBy: 'system:reroute-end', reason: expect.stringMatching(/^Expired at .*primary answered 200: the primary takes messages again\.$/) as string,
      plan: { approval: { needed: 'none' } },
    });
    expect(await publish()).toEqual([1, 1]);
    // The tap saw the one that went to the alternate, and that of the primary is not among what it received.
    const received = () => listReceived(room().as(room().engineer), { holdId });
    await until(async () => (await received()).summary?.messages === '1');
    expect(await received()).toMatchObject({ alternate: { id: 'second' }, whose: null, items: [{ messageId: expect.any(String) as string, decision: null }], isJournaled: false });
    // Nobody has decided of it, so the reroute that is over stays an open task until somebody does.
    const { openedBy } = await received();
    const open = async () => (await listOperations(room().as(room().engineer), { state: 'open', flowId: FLOW_ID })).items.filter(({ id }) => id === openedBy).map(({ undecided }) => undecided);
    await until(async () => (await open())[0] === 1);
    const { items, asOf } = await received();
    await decideReceived(room().as(room().engineer), { holdId, decision: 'leave', reason: 'It was worked there', asOf, selection: { by: 'messages', copyKeys: items.map(({ copyKey }) => copyKey) } });
    expect(await open()).toEqual([]);
  }, 240_000);

  it('stays in place while the primary answers that it is down, says so and does not ask again', async () => {
    isUp('DOWN');
    const holdId = await rerouted(HTTP, 3_000);
    const expired = await room().holdUntil(holdId, ({ expiry }) => expiry !== null);
    expect(expired).toMatchObject({ state: 'expiring', expiry: { sentence: 'primary answered 200, but not with what the contract expects (/status): the primary does not take messages yet.' } });
    isUp('UP');
    const asked = primary.asked.length;
    await room().holdUntil(holdId, ({ verifiedAt }) => Date.parse(verifiedAt!) > Date.parse(expired.expiry!.at) + 3_000);
    expect(primary.asked.length).toBe(asked);
    expect(await restores(holdId)).toEqual([]);
    expect(await publish()).toEqual([0, 1]);
    // A new end is a new question.
    await extendHold(room().as(room().engineer), { holdId, reviewBy: new Date(Date.now() + 2_000).toISOString(), reason: 'The primary is up' });
    await room().holdUntil(holdId, ({ state }) => state === 'restored');
    expect(await publish()).toEqual([1, 1]);
  }, 240_000);

  it('stays in place while the primary does not answer, has no consumers, or where the contract names no probe', async () => {
    primary.answer(() => undefined);
    const hanging = await rerouted(HTTP, 3_000);
    expect(await room().holdUntil(hanging, ({ expiry }) => expiry !== null)).toMatchObject({ expiry: { sentence: 'primary did not answer within 1 s: whether the primary takes messages again is not known.' } });
    await restoreByHand(hanging);
    const silent = await rerouted(null, 3_000);
    expect(await room().holdUntil(silent, ({ expiry }) => expiry !== null)).toMatchObject({ state: 'expiring', expiry: { sentence: expect.stringMatching(/names no probe/) as string } });
    await restoreByHand(silent);
    const idle = await rerouted('{ consumers: 1 }', 3_000);
    expect(await room().holdUntil(idle, ({ expiry }) => expiry !== null)).toMatchObject({ expiry: { sentence: '0 consumers are connected to the primary, of 1 that the contract asks for: the primary does not take messages yet.' } });
    await restoreByHand(idle);
    expect(await room().db.query.auditEvents.findMany({ where: (event, { and, eq, inArray }) => and(eq(event.action, 'hold.expired'), inArray(event.subject, [hanging, silent, idle].map((id) => `hold:${id}`))) })).toHaveLength(3);
    expect(await room().db.query.notices.findMany({ where: (notice, { and, eq, inArray }) => and(eq(notice.reason, 'reroute-not-restored'), inArray(notice.holdId, [hanging, silent, idle])) })).toHaveLength(3);
  }, 240_000);

  it('gives way to somebody who restores by hand at the same time', async () => {
    const holdId = await rerouted(HTTP, 10_000);
    const byHand = await room().plan({ kind: 'restore', holdId });
    const confirmByHand = () => confirmOperation(room().as(room().engineer), { id: byHand.id, planHash: byHand.planHash!, reason: 'By hand' });
    let isConfirmed = false;
    primary.answer(async (response) => {
      // Just before the product confirms its own.
      if (!isConfirmed && (await restores(holdId)).some(({ requestedBy, state }) => requestedBy === 'system:reroute-end' && state === 'planned')) {
        isConfirmed = true;
        await confirmByHand();
      }
      response.end('{"status":"UP"}');
    });
    expect(await room().ended(byHand.id)).toMatchObject({ state: 'done' });
    await until(async () => (await restores(holdId)).length === 2 && (await restores(holdId)).every(({ state }) => ['done', 'aborted'].includes(state)));
    expect((await restores(holdId)).map(({ requestedBy, state }) => `${state}: ${requestedBy}`).toSorted()).toEqual(['aborted: system:reroute-end', 'done: user:engineer@hospital.example']);
    await expect(room().hold(holdId)).resolves.toMatchObject({ state: 'restored', expiry: null });
    expect(await publish()).toEqual([1, 0]);
  }, 240_000);

  it('over a hold takes along what waits there, keeps the hold from being released, and gives its messages back to it at the end', async () => {
    const pausing = await room().begin({ kind: 'pause', method: 'park', reviewBy: soon() });
    await room().ended(pausing.id);
    const pauseId = pausing.holdId!;
    await room().holdUntil(pauseId, ({ state }) => state === 'held');
    for (let index = 0; index < 3; index += 1) expect(await publish()).toEqual([0, 0]);
    const holdId = await rerouted(HTTP, 600_000);
    expect(await publish()).toEqual([0, 4]);
    expect(await room().hold(holdId)).toMatchObject({ kind: 'reroute', state: 'active' });
    const { plan } = await room().plan({ kind: 'release', holdId: pauseId });
    expect(plan?.act.locks.map(({ code }) => code)).toEqual(['rerouted-from-hold']);
    await expect(room().begin({ kind: 'pause', method: 'park', reviewBy: soon() })).rejects.toThrow(/already held|diverts/);
    await killAndReplace();
    // The tap saw the three on their way into the hold, and the fourth on its way past it.
    const received = () => listReceived(room().as(room().engineer), { holdId });
    await until(async () => (await received()).summary?.messages === '4');
    expect(await received()).toMatchObject({ fromHold: 3, items: [{}, {}, {}, {}] });
    // What went along is not lost to the hold.
    const held = await room().holdUntil(pauseId, ({ verifiedAt, figures }) => Date.parse(verifiedAt!) > Date.now() - 1_000 && figures['parked'] === '0');
    expect(held).toMatchObject({ state: 'held', outsideActs: [] });
    expect(Object.keys(held.figures)).not.toContain('disappeared');

    await extendHold(room().as(room().engineer), { holdId, reviewBy: new Date(Date.now() + 2_000).toISOString(), reason: 'The primary is up' });
    await room().holdUntil(holdId, ({ state }) => state === 'restored');
    expect(await publish()).toEqual([0, 4]);
    await room().holdUntil(pauseId, ({ figures, state }) => figures['parked'] === '1' && state === 'held');
    const release = await room().begin({ kind: 'release', holdId: pauseId });
    expect(await room().ended(release.id)).toMatchObject({ state: 'done' });
    expect(await publish()).toEqual([2, 4]);
  }, 240_000);

  it('takes no second restore of what is over', async () => {
    const holdId = await rerouted(null, 600_000);
    const late = await room().plan({ kind: 'restore', holdId });
    await restoreByHand(holdId);
    await expect(confirmOperation(room().as(room().engineer), { id: late.id, planHash: late.planHash!, reason: 'Late' })).rejects.toThrow(/The hold is over since/);
  }, 120_000);
}
