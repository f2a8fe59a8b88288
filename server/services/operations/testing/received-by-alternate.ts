/** What the suite of operations tests about the list of what an alternate received; a file of its own, so that both share databases. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { receivedWarnings } from '@/collectors/runtime/operations/planning/received-sentence';
import { uuidv7 } from '@/server/domain/ids';
import type { Actor } from '@/server/domain/roles/actor';
import type { Scope } from '@/server/domain/roles/scope';
import { schema } from '@/server/store/postgres';
import { addIngestCounts } from '../../ingest/add-ingest-counts';
import { reportComponent } from '../../ingest/report-component';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { exportReceived } from '../received/export-received';
import { listReceived } from '../received/list-received';
import { requestOperation } from '../request-operation';
import { pauseRequest } from './planned-operations';
import { reroutedFlow } from './rerouted-flow';

const FLOW = 'rerouted';
const MINUTE = 60_000;

export function receivedByAlternate(stores: () => TestStores, as: (actor: Actor) => ServiceContext, at: () => Date): void {
  const { channelId: CHANNEL, engineer, base, within, plant, plantCopies, rerouted } = reroutedFlow(FLOW, {}, { stores, as, at });
  const keys = ({ items }: { items: { copyKey: string }[] }) => items.map(({ copyKey }) => copyKey);

  beforeAll(async () => {
    await plant();
    await plantCopies([
      { key: 'too-early', minutesAgo: 61 },
      { key: 'a1', minutesAgo: 50, caseToken: 'A', amount: '10.00' },
      { key: 'a2', minutesAgo: 40, caseToken: 'A', amount: '12.50' },
      // A tap that began again saw the first one once more.
      { key: 'a1', minutesAgo: 39, caseToken: 'A', amount: '10.00' },
      { key: 'b', minutesAgo: 30, caseToken: 'B', amount: '5.25', payer: 'cigna', facility: 'south' },
      // At the same instant: a page must not break between them and lose one.
      { key: 'd', minutesAgo: 30, caseToken: 'D', amount: '0.3333', payer: 'cigna' },
      { key: 'c', minutesAgo: 25, caseToken: 'C', facility: '' },
      { key: 'bare', minutesAgo: 20, amount: '1.00', currency: 'EUR', messageId: '=HYPERLINK("http://x")' },
      { key: 'elsewhere', minutesAgo: 30, channelId: 'broker:queue:/:other' },
      { key: 'other-flow', minutesAgo: 30, flowId: 'orders' },
      { key: 'too-late', minutesAgo: 9 },
    ]);
  });
  beforeEach(async () => {
    await stores().db.delete(schema.ingestCounts);
    await reportComponent(stores().db, { component: 'tap', instance: 'broker', status: 'ok', summary: '', detail: {}, startedAt: at() }, at());
  });

  describe('what an alternate received', () => {
    it('is each message of the flow that the tap saw between the two switches, once, and the amount of each case once', async () => {
      const page = await listReceived(as(engineer), { holdId: await rerouted({ until: 10 }) });
      expect(keys(page)).toEqual(['bare', 'c', 'b', 'd', 'a2', 'a1']);
      expect(page).toMatchObject({
        alternate: { id: 'second', name: 'Second payer gate' }, whose: null, isJournaled: false, sourceCount: null, gaps: [], nextCursor: null,
        from: new Date(base().getTime() - 60 * MINUTE).toISOString(), until: new Date(base().getTime() - 10 * MINUTE).toISOString(),
        summary: { messages: '6', cases: 4, money: [{ amount: '1.00', currency: 'EUR' }, { amount: '18.0833', currency: 'USD' }], note: '1 of them name no case; their amounts count by themselves.' },
      });
      expect(page.items[2]).toEqual({ copyKey: 'b', messageId: 'm-b', caseLabel: 'CLM…B', payerId: 'cigna', facilityId: 'south', amount: { amount: '5.25', currency: 'USD' }, seenAt: new Date(base().getTime() - 30 * MINUTE).toISOString(), decision: null });
    });

    it('comes page by page, none twice and none lost, while more of them arrive', async () => {
      const holdId = await rerouted();
      const whole = keys(await listReceived(as(engineer), { holdId }));
      expect(whole).toHaveLength(7);
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await listReceived(as(engineer), { holdId, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        if (cursor === undefined) await plantCopies([{ key: 'arrives', minutesAgo: 0 }]);
        expect(page.summary === null).toBe(cursor !== undefined);
        seen.push(...keys(page));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      expect(seen).toEqual(whole);
      await expect(listReceived(as(engineer), { holdId, cursor: 'bm90IGEgY3Vyc29y' })).rejects.toMatchObject({ code: 'invalid' });
    });

    it.each<[string, Scope[], string[]]>([
      ['one facility', [{ facilities: ['south'], payers: null }], ['b']],
      ['one payer of one facility', [{ facilities: ['north'], payers: ['cigna'] }], ['d']],
      ['two grants add up', [{ facilities: ['south'], payers: null }, { facilities: null, payers: ['cigna'] }], ['b', 'd']],
      ['no facility at all', [{ facilities: [], payers: null }], []],
    ])('is cut to the scope of the reader, and so are its totals and its file: %s', async (_, scopes, expected) => {
      const holdId = await rerouted({ until: 10, figures: { 'to the alternate': '99' } });
      const page = await listReceived(within(...scopes), { holdId });
      expect([keys(page), page.summary?.messages, page.gaps]).toEqual([expected, String(expected.length), []]);
      expect((await exportReceived(within(...scopes), { holdId })).messages).toBe(expected.length);
    });

    it.each<[string, Parameters<typeof rerouted>[0], string[], string[]]>([
      ['one payer', { only: { payer: 'cigna' } }, ['b', 'd'], ['payer cigna']],
      ['who is enrolled on the day of the plan', { enrolled: [{ payer: 'cigna', facility: 'south' }, { payer: 'aetna' }] }, ['bare', 'c', 'b', 'a2', 'a1'], ['payer cigna at facility south', 'payer aetna']],
      ['one facility of who is enrolled', { only: { facility: 'north' }, enrolled: [{ payer: 'cigna' }] }, ['d'], ['payer cigna at facility north']],
      ['nobody', { enrolled: [] }, [], []],
    ])('is only of those who were rerouted: %s', async (_, told, expected, whose) => {
      const page = await listReceived(as(engineer), { holdId: await rerouted({ ...told, until: 10 }) });
      expect([keys(page), page.whose, page.summary?.messages]).toEqual([expected, whose, String(expected.length)]);
    });

    it('says what may be missing, with the count of the source beside it', async () => {
      const holdId = await rerouted({ until: 10, figures: { 'to the alternate': '9' }, outsideActs: ['Somebody bound the queue again.'] });
      // What was dropped before it began is not of it.
      await addIngestCounts(stores().db, [{ kind: 'tap-copies-dropped', subject: 'events', count: 2 }, { kind: 'tap-copies-dropped', subject: 'other', count: 50 }], new Date(base().getTime() - 30 * MINUTE));
      await addIngestCounts(stores().db, [{ kind: 'tap-copies-dropped', subject: 'events', count: 40 }], new Date(base().getTime() - 48 * 60 * MINUTE));
      await reportComponent(stores().db, { component: 'tap', instance: 'broker', status: 'down', summary: '', detail: {}, startedAt: at() }, at());
      expect(await listReceived(as(engineer), { holdId })).toMatchObject({
        sourceCount: '9', gaps: [
          'The tap dropped 2 copies of this exchange on the days of the reroute: some of these messages may be among them.',
          'The tap of source broker is not well now; Settings, Sources says why.',
          'The source counts 9 messages that entered the alternate meanwhile, and the tap saw 6: what others send there is among the first, and what the tap missed.',
          'Somebody changed the route from outside meanwhile, so some of these may have gone elsewhere.',
        ],
      });
    });

    it('can be taken along as a file that no spreadsheet calculates, which is on record', async () => {
      const holdId = await rerouted({ until: 10 });
      const { name, text, messages } = await exportReceived(as(engineer), { holdId });
      expect(messages).toBe(6);
      expect(name).toMatch(/^signalbox-received-rerouted-[\dT-]+Z\.csv$/);
      expect(text.split('\r\n').slice(0, 2)).toEqual(['"seenAt","messageId","case","payer","facility","amount","currency","decision","decidedBy","decidedAt","reason","reference"', `"${new Date(base().getTime() - 20 * MINUTE).toISOString()}","'=HYPERLINK(""http://x"")","","aetna","north","1.00","EUR","","","","",""`]);
      const trail = () => stores().db.query.auditEvents.findFirst({ where: (row, { eq: is }) => is(row.subject, `hold:${holdId}`), orderBy: (row, { desc }) => [desc(row.seq)] });
      expect(await trail()).toMatchObject({ action: 'hold.export-received', outcome: 'done', flowId: FLOW, after: { messages: 6 } });
      await expect(exportReceived(within(), { holdId })).rejects.toMatchObject({ code: 'not-found' });
      expect(await trail()).toMatchObject({ action: 'hold.export-received', outcome: 'refused' });
    });

    it('is told in the plan of the restore', async () => {
      const holdId = await rerouted({ until: 10 });
      const restore = (id: string) => receivedWarnings({ ...stores(), now: at }, { kind: 'restore', id: uuidv7(), flowId: FLOW, hopId: 'outbox', holdId: id }, AbortSignal.timeout(30_000));
      expect(await restore(holdId)).toEqual([
        'The tap saw 6 messages of 4 cases worth 1.00 EUR and 18.0833 USD go to Second payer gate, listed with the reroute. Whatever went there is left there, voided there, or sent again by hand; the restore does none of that.',
      ]);
      expect(await restore(uuidv7())).toEqual([expect.stringMatching(/^What the tap saw go to the alternate could not be counted: Hold .* was not found\./)]);
    });

    it('is nothing that a pause has, and nothing for an outsider', async () => {
      const { id } = await requestOperation(as(engineer), pauseRequest(at(), { flowId: FLOW }));
      const holdId = uuidv7();
      await stores().db.insert(schema.holds).values({ id: holdId, kind: 'pause', flowId: FLOW, hopId: 'outbox', sourceId: 'broker', channelId: CHANNEL, method: 'park', state: 'held', observation: '', openedBy: id, owner: 'system:test', reviewBy: at(), requestedAt: at() });
      await expect(listReceived(as(engineer), { holdId })).rejects.toThrow(/is no reroute/);
      await expect(listReceived(within(), { holdId })).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}
