/** What the suite of operations tests about messages that waited in a hold and were sent on to an alternate; a file of its own, so that both share databases. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receivedWarnings } from '@/collectors/runtime/operations/planning/received-sentence';
import { uuidv7 } from '@/server/domain/ids';
import type { Actor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import { addIngestCounts } from '../../ingest/add-ingest-counts';
import { reportComponent } from '../../ingest/report-component';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { listHolds } from '../list-holds';
import { listOperations } from '../list-operations';
import { loadHold } from '../operation-rows';
import { countUndecided } from '../received/count-undecided';
import { decideReceived } from '../received/decide-received';
import { exportReceived } from '../received/export-received';
import { listReceived } from '../received/list-received';
import { reroutedFlow, type JournalItem } from './rerouted-flow';

const FLOW = 'led';
const MINUTE = 60_000;
const SOUTH = { payer: 'cigna', facility: 'south' };

/** The hold began 180 minutes ago, the reroute 60. */
const JOURNAL: readonly JournalItem[] = [
  { key: 'h1' }, { key: 'h2' }, { key: 'h3' }, { key: 'h3#2' }, { key: 'h4', ...SOUTH }, { key: 'h6' }, { key: 'w2', ...SOUTH },
  { key: 'unseen' }, { key: 'left', went: false }, { key: 'unsure', went: false, state: 'unknown' }, { key: 'in-the-air', went: false, state: 'sending' },
];
const LED = ['h4', 'h3-alike', 'h3', 'h2', 'h1'];
const ALL = ['w3', 'w2', 'w1', ...LED];

export function receivedFromHold(stores: () => TestStores, as: (actor: Actor) => ServiceContext, at: () => Date): void {
  const { channelId, engineer, base, within, plant, plantCopies, rerouted } = reroutedFlow(FLOW, {}, { stores, as, at });
  const me = () => as(engineer);
  const keys = ({ items }: { items: { copyKey: string }[] }) => items.map(({ copyKey }) => copyKey);
  const overHold = (told: Parameters<typeof rerouted>[0] = {}) => rerouted({ over: 180, items: JOURNAL, until: 10, ...told });
  const list = async (holdId: string, asked: Partial<Parameters<typeof listReceived>[1]> = {}) => listReceived(me(), { holdId, ...asked });
  const decide = (holdId: string, selection: Parameters<typeof decideReceived>[1]['selection'], context = me()) => decideReceived(context, { holdId, decision: 'leave', reason: 'It was paid there', asOf: at().toISOString(), selection });
  const undecided = async (holdId: string) => (await loadHold(stores().db, holdId)).undecided;
  async function paged(holdId: string, asked: Partial<Parameters<typeof listReceived>[1]>): Promise<string[]> {
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await list(holdId, { ...asked, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...keys(page));
      if (page.nextCursor === null) return seen;
      cursor = page.nextCursor;
    }
  }

  beforeAll(async () => {
    await plant();
    await plantCopies([
      // Before the hold began somebody published one with this id; it is not the one that waited.
      { key: 'ancient', minutesAgo: 200, messageId: 'm-h2' },
      { key: 'h1', minutesAgo: 170, caseToken: 'A', amount: '10.00' },
      { key: 'h2', minutesAgo: 150, caseToken: 'B', amount: '5.00' },
      // The journal knows an id once.
      { key: 'h2-again', minutesAgo: 145, messageId: 'm-h2', caseToken: 'B', amount: '5.00' },
      { key: 'h3', minutesAgo: 140, caseToken: 'B', amount: '7.00' },
      // Its publisher gives an id twice; both went.
      { key: 'h3-alike', minutesAgo: 135, messageId: 'm-h3', caseToken: 'B', amount: '7.00' },
      { key: 'stayed', minutesAgo: 130, caseToken: 'S', amount: '100.00' },
      { key: 'left', minutesAgo: 125 }, { key: 'unsure', minutesAgo: 124 }, { key: 'in-the-air', minutesAgo: 123 },
      { key: 'h4', minutesAgo: 120, caseToken: 'C', amount: '1.00', currency: 'EUR', ...SOUTH },
      // Published once more while it was rerouted: it is one message.
      { key: 'h6', minutesAgo: 110, caseToken: 'S', amount: '100.00' },
      { key: 'elsewhere', minutesAgo: 150, messageId: 'm-h1', channelId: 'broker:queue:/:other' },
      { key: 'w1', minutesAgo: 50, caseToken: 'A', amount: '12.50' },
      // It came in before the switch, so that it waited, too.
      { key: 'w2', minutesAgo: 40, caseToken: 'C', ...SOUTH },
      { key: 'w3', minutesAgo: 30, messageId: 'm-h6', amount: '0.50' },
    ]);
  });
  beforeEach(async () => {
    await stores().db.delete(schema.receivedDecisions);
    await stores().db.delete(schema.ingestCounts);
    await reportComponent(stores().db, { component: 'tap', instance: 'broker', status: 'ok', summary: '', detail: {}, startedAt: at() }, at());
  });

  describe('what waited in a hold and was sent on to an alternate', () => {
    it('is in the list with what came later, each message once, and the newest amount of each case', async () => {
      const holdId = await overHold();
      const { openedBy } = await loadHold(stores().db, holdId);
      const page = await list(holdId);
      expect(keys(page)).toEqual(ALL);
      expect(page).toMatchObject({
        isJournaled: false, fromHold: 7, nextCursor: null, counts: { undecided: 8, leave: 0, void: 0, resend: 0 },
        from: new Date(base().getTime() - 60 * MINUTE).toISOString(), until: new Date(base().getTime() - 10 * MINUTE).toISOString(),
        summary: { messages: '8', cases: 3, money: [{ amount: '1.00', currency: 'EUR' }, { amount: '20.00', currency: 'USD' }], note: '1 of them name no case; their amounts count by themselves.' },
        gaps: [
          '1 message that had waited in the hold went to Second payer gate, and the tap has no copy of it.',
          'Of 2 messages that had waited in the hold nobody can tell whether they went to Second payer gate.',
          `They stand among the items of operation ${openedBy}.`,
        ],
      });
      expect(page.items[6]).toEqual({ copyKey: 'h2', messageId: 'm-h2', caseLabel: 'CLM…B', payerId: 'aetna', facilityId: 'north', amount: { amount: '5.00', currency: 'USD' }, seenAt: new Date(base().getTime() - 150 * MINUTE).toISOString(), decision: null });
      const { text, messages } = await exportReceived(me(), { holdId });
      expect([messages, text.trimEnd().split('\r\n').slice(1).map((line) => line.split(',')[1])]).toEqual([8, page.items.map(({ messageId }) => `"${messageId}"`)]);
    });

    it.each([1, 2, 3])('comes page by page of %i, none twice and none lost at the border', async (limit) => {
      const holdId = await overHold();
      expect(await paged(holdId, { limit })).toEqual(ALL);
      expect(await paged(holdId, { limit, standing: 'undecided' })).toEqual(ALL);
    });

    it('is cut to the scope of the reader, and so are its figures and what is said to lack', async () => {
      const holdId = await overHold();
      const south = within({ facilities: ['south'], payers: null });
      const page = await listReceived(south, { holdId });
      expect(keys(page)).toEqual(['w2', 'h4']);
      expect(page).toMatchObject({ fromHold: 2, gaps: [], counts: { undecided: 2 }, summary: { messages: '2', cases: 1, money: [{ amount: '1.00', currency: 'EUR' }] } });
      expect((await exportReceived(south, { holdId })).messages).toBe(2);
      await expect(decide(holdId, { by: 'messages', copyKeys: ['h4', 'h3'] }, south)).rejects.toThrow(/1 of these messages was not found/);
      expect(keys(await list(holdId, { payer: 'cigna' }))).toEqual(['w2', 'h4']);
      const narrow = await overHold({ only: { payer: 'aetna' } });
      expect(keys(await list(narrow))).toEqual(['w3', 'w1', 'h3-alike', 'h3', 'h2', 'h1']);
    });

    it('is decided of one by one and by a filter, and stays open until something is decided of each', async () => {
      const holdId = await overHold();
      const open = async () => (await listOperations(me(), { state: 'open', flowId: FLOW })).items.map((one) => one.undecided);
      const inPlace = await overHold({ until: undefined });
      expect(await countUndecided({ ...stores(), now: at })).toEqual([]);
      expect([await undecided(holdId), await undecided(inPlace), await open()]).toEqual([8, 8, [8]]);
      expect((await listHolds(me(), { flowId: FLOW })).items.filter(({ kind }) => kind === 'reroute').map((hold) => [hold.id, hold.undecided])).toEqual([[inPlace, 8]]);
      expect(await decide(holdId, { by: 'messages', copyKeys: ['h2', 'w1'] })).toMatchObject({ messages: 2 });
      expect((await list(holdId)).counts).toEqual({ undecided: 6, leave: 2, void: 0, resend: 0 });
      expect(await paged(holdId, { standing: 'undecided', limit: 2 })).toEqual(['w3', 'w2', 'h4', 'h3-alike', 'h3', 'h1']);
      expect(await paged(holdId, { standing: 'decided', limit: 1 })).toEqual(['w1', 'h2']);
      const filter = { by: 'filter' as const, standing: 'undecided' as const, seenUntil: at().toISOString() };
      await expect(decide(holdId, { ...filter, expected: 8 })).rejects.toThrow('6 messages match by now, and you saw 8.');
      expect(await decide(holdId, { ...filter, payer: 'cigna', expected: 2 })).toMatchObject({ messages: 2 });
      // Only what came in before the reroute.
      expect(await decide(holdId, { ...filter, seenUntil: new Date(base().getTime() - 60 * MINUTE).toISOString(), expected: 3 })).toMatchObject({ messages: 3 });
      expect(await undecided(holdId)).toBe(1);
      await countUndecided({ ...stores(), now: at });
      expect([await undecided(holdId), (await list(holdId)).counts]).toEqual([1, { undecided: 1, leave: 7, void: 0, resend: 0 }]);
      expect(await decide(holdId, { ...filter, expected: 1 })).toMatchObject({ messages: 1 });
      expect([await undecided(holdId), await open()]).toEqual([0, []]);
    });

    it.each(['stayed', 'left', 'unsure', 'in-the-air', 'h2-again', 'h6', 'ancient'])('has nothing else of what was seen before: %s', async (key) => {
      await expect(decide(await overHold(), { by: 'messages', copyKeys: ['h1', key] })).rejects.toThrow(/1 of these messages was not found/);
      expect(await stores().db.select().from(schema.receivedDecisions)).toEqual([]);
    });

    it.each<[string, Parameters<typeof rerouted>[0]]>([
      ['while it is not in place yet', { state: 'running', until: undefined }], ['when it was stopped before it was', { state: 'aborted' }],
    ])('is all that the alternate has received %s', async (_, told) => {
      const holdId = await overHold(told);
      const page = await list(holdId);
      // What came in meanwhile went to the hold; of it only those that were sent on are the alternate's.
      expect(keys(page)).toEqual(['w2', 'h6', ...LED]);
      expect(page).toMatchObject({ fromHold: 7, counts: { undecided: 7 }, summary: { messages: '7', cases: 4, money: [{ amount: '1.00', currency: 'EUR' }, { amount: '117.00', currency: 'USD' }] } });
      expect(await paged(holdId, { limit: 2 })).toEqual(keys(page));
      await countUndecided({ ...stores(), now: at });
      expect(await undecided(holdId)).toBe(7);
    });

    it('is found also where the plan names no hold, and where none is known', async () => {
      expect(keys(await list(await overHold({ isNotNamed: true })))).toEqual(ALL);
      await stores().db.delete(schema.holds);
      expect(keys(await list(await rerouted({ items: JOURNAL, until: 10 })))).toEqual(['w3', 'w2', 'w1', 'h4', 'h3-alike', 'h3', 'h1', 'ancient']);
      // Without a journal, nothing that was seen before is of it.
      const { fromHold, ...page } = await list(await rerouted({ over: 180, until: 10 }));
      expect([keys(page), fromHold]).toEqual([['w3', 'w2', 'w1'], 0]);
    });

    it('lacks what the tap dropped since the hold began', async () => {
      await addIngestCounts(stores().db, [{ kind: 'tap-copies-dropped', subject: 'events', count: 3 }], new Date(base().getTime() - 100 * MINUTE));
      expect((await list(await overHold())).gaps).toContain('The tap dropped 3 copies of this exchange on the days of the hold and the reroute: some of these messages may be among them.');
      expect((await list(await rerouted({ until: 10 }))).gaps).toEqual([]);
    });

    it('is told in the plan of the restore', async () => {
      const restore = { kind: 'restore' as const, id: uuidv7(), flowId: FLOW, hopId: 'outbox', holdId: await overHold() };
      expect(await receivedWarnings({ ...stores(), now: at }, restore, AbortSignal.timeout(30_000))).toEqual([expect.stringMatching(/^The tap saw 8 messages of 3 cases worth 1\.00 EUR and 20\.00 USD go to Second payer gate/)]);
    });

    it('stands in the journal alone where rows were moved', async () => {
      const page = await list(await overHold({ method: 'destination' }));
      expect(page).toMatchObject({ isJournaled: true, fromHold: 0, gaps: [] });
      expect(await receivedWarnings({ ...stores(), now: at }, { kind: 'restore', id: uuidv7(), flowId: FLOW, hopId: 'outbox', holdId: page.holdId }, AbortSignal.timeout(30_000))).toEqual([]);
      expect(channelId).toBe('broker:queue:/:led.work');
    });
  });
}
