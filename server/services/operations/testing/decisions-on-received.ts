/** What the suite of operations tests about decisions on what an alternate received; a file of its own, so that both share databases. */
import { and, eq, isNull } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Actor } from '@/server/domain/roles/actor';
import { schema } from '@/server/store/postgres';
import type { ServiceContext } from '../../service-context';
import type { TestStores } from '../../testing/stores';
import { listHolds } from '../list-holds';
import { listOperations } from '../list-operations';
import { loadHold } from '../operation-rows';
import { countUndecided } from '../received/count-undecided';
import { decideReceived, type decideReceivedInput } from '../received/decide-received';
import { exportReceived } from '../received/export-received';
import { listReceived } from '../received/list-received';
import { reroutedFlow } from './rerouted-flow';

type Selection = z.input<typeof decideReceivedInput>['selection'];

export function decisionsOnReceived(stores: () => TestStores, as: (actor: Actor) => ServiceContext, at: () => Date): void {
  const told = { stores, as, at };
  const { engineer, base, within, plant, plantCopies, rerouted } = reroutedFlow('decided', { replay: { class: 'R1', approval: 'four-eyes', preconditions: [{ check: 'not-voided' }] } }, told);
  const never = reroutedFlow('never-again', { replay: { class: 'R0', approval: 'forbidden', insteadOfReplay: 'Ask the payer.' } }, told);
  const me = () => as(engineer);
  const isoNow = () => at().toISOString();
  const keysOf = ({ items }: { items: { copyKey: string }[] }) => items.map(({ copyKey }) => copyKey);
  const picked = (...copyKeys: string[]): Selection => ({ by: 'messages', copyKeys });
  const all = (expected: number, more: { payer?: string; standing?: 'undecided' | 'leave' } = {}): Selection => ({ by: 'filter', standing: 'undecided', seenUntil: isoNow(), expected, ...more });
  const leave = (holdId: string, selection: Selection, context = me()) => decideReceived(context, { holdId, decision: 'leave', reason: 'It was paid there', asOf: isoNow(), selection });
  const counts = async (holdId: string) => (await listReceived(me(), { holdId })).counts;
  const trail = (holdId: string) => stores().db.query.auditEvents.findFirst({ where: (row, { eq: is }) => is(row.subject, `hold:${holdId}`), orderBy: (row, { desc }) => [desc(row.seq)] });
  const undecided = async (holdId: string) => (await loadHold(stores().db, holdId)).undecided;

  beforeAll(async () => {
    await plant();
    await never.plant();
    await plantCopies([
      { key: 'a', minutesAgo: 50, caseToken: 'A', amount: '10.00' }, { key: 'b', minutesAgo: 40, caseToken: 'B', payer: 'cigna' }, { key: 'c', minutesAgo: 30, payer: 'cigna', facility: 'south' },
      { key: 'd', minutesAgo: 20 }, { key: 'e', minutesAgo: 15 }, { key: 'outside', minutesAgo: 5 },
    ]);
    await never.plantCopies([{ key: 'n', minutesAgo: 20 }]);
  });
  beforeEach(async () => { await stores().db.delete(schema.receivedDecisions); });

  describe('what is decided of received messages', () => {
    it('is kept of each with who, when, why and where, and changes nothing else', async () => {
      const holdId = await rerouted({ until: 10 });
      const answer = await decideReceived(me(), { holdId, decision: 'void', reason: 'Paid twice', reference: 'W-17', asOf: isoNow(), selection: picked('b', 'a') });
      expect(answer).toEqual({ holdId, decision: 'void', messages: 2, unchanged: 0, whatToDo: 'Ask Second payer gate to withdraw it, and see that it does. Signalbox keeps the reference and asks nobody.' });
      const page = await listReceived(me(), { holdId });
      expect(keysOf(page)).toEqual(['e', 'd', 'c', 'b', 'a']);
      expect(page.items.map(({ decision }) => decision?.decision ?? null)).toEqual([null, null, null, 'void', 'void']);
      expect(page.items[4]?.decision).toEqual({ decision: 'void', reason: 'Paid twice', reference: 'W-17', by: `user:${engineer.email}`, at: isoNow() });
      expect(page.counts).toEqual({ undecided: 3, leave: 0, void: 2, resend: 0 });
      expect(await trail(holdId)).toMatchObject({
        action: 'hold.decide-received', outcome: 'done', flowId: 'decided', reason: 'Paid twice', ticket: 'W-17', before: {}, after: { decision: 'void', messages: 2, act: expect.any(String) as string, keysDigest: expect.stringMatching(/^[\da-f]{64}$/) as string },
      });
      const { text } = await exportReceived(me(), { holdId });
      expect(text.trimEnd().split('\r\n').at(-1)).toContain(`"void","user:${engineer.email}","${isoNow()}","Paid twice","W-17"`);
    });

    it('is found by what was decided, page by page, and of one payer', async () => {
      const holdId = await rerouted({ until: 10 });
      await leave(holdId, picked('d', 'b'));
      expect(keysOf(await listReceived(me(), { holdId, standing: 'undecided' }))).toEqual(['e', 'c', 'a']);
      expect(keysOf(await listReceived(me(), { holdId, standing: 'decided' }))).toEqual(['d', 'b']);
      expect(keysOf(await listReceived(me(), { holdId, standing: 'void' }))).toEqual([]);
      const cigna = await listReceived(me(), { holdId, standing: 'undecided', payer: 'cigna' });
      expect([keysOf(cigna), cigna.counts]).toEqual([['c'], { undecided: 1, leave: 1, void: 0, resend: 0 }]);
      for (const standing of ['undecided', 'decided'] as const) {
        const whole = keysOf(await listReceived(me(), { holdId, standing }));
        const paged: string[] = [];
        let cursor: string | undefined;
        do {
          const page = await listReceived(me(), { holdId, standing, limit: 1, ...(cursor === undefined ? {} : { cursor }) });
          paged.push(...keysOf(page));
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        expect(paged).toEqual(whole);
      }
    });

    it('can be decided of all that match, when it is as many as were seen', async () => {
      const holdId = await rerouted({ until: 10 });
      expect(await leave(holdId, all(2, { payer: 'cigna' }))).toMatchObject({ messages: 2 });
      await expect(leave(holdId, all(4))).rejects.toMatchObject({ code: 'conflict', message: '3 messages match by now, and you saw 4. Look at them again.' });
      expect(await counts(holdId)).toEqual({ undecided: 3, leave: 2, void: 0, resend: 0 });
      expect(await trail(holdId)).toMatchObject({ outcome: 'refused', reason: '3 messages match by now, and you saw 4. Look at them again.' });
      // Others than undecided ones only where somebody says so.
      expect(await decideReceived(me(), { holdId, decision: 'resend', reason: 'Not paid after all', asOf: isoNow(), selection: all(2, { standing: 'leave' }) })).toMatchObject({ messages: 2 });
      expect(await counts(holdId)).toEqual({ undecided: 3, leave: 0, void: 0, resend: 2 });
    });

    it('can be changed, and what was decided before stays on record', async () => {
      const holdId = await rerouted({ until: 10 });
      await leave(holdId, picked('a'));
      expect(await leave(holdId, picked('a', 'b'))).toMatchObject({ messages: 1, unchanged: 1 });
      expect(await decideReceived(me(), { holdId, decision: 'resend', reason: 'The payer lost it', asOf: isoNow(), selection: picked('a') })).toMatchObject({
        messages: 1, whatToDo: 'Let the system that it came from send it to the primary once more. Signalbox has no copy that may be sent, and sends nothing. The contract demands before that: not-voided. Second payer gate has it still, so it is worked twice unless it is withdrawn there.',
      });
      expect(await trail(holdId)).toMatchObject({ before: { leave: 1 }, after: { decision: 'resend', messages: 1 } });
      const { receivedDecisions: table } = schema;
      const rows = await stores().db.select().from(table).where(and(eq(table.holdId, holdId), eq(table.copyKey, 'a')));
      expect(Object.fromEntries(rows.map(({ decision, supersededAt }) => [decision, supersededAt !== null]))).toEqual({ leave: true, resend: false });
    });

    it('is not overruled by somebody who has not seen it, and two at once decide of a message once', async () => {
      const holdId = await rerouted({ until: 10 });
      await leave(holdId, picked('a'));
      const before = new Date(at().getTime() - 1_000).toISOString();
      await expect(decideReceived(me(), { holdId, decision: 'resend', reason: 'Not paid', asOf: before, selection: picked('a', 'b') })).rejects.toMatchObject({ code: 'conflict', message: expect.stringMatching(/has decided of 1 of these messages since you looked/) as string });
      const both = await Promise.allSettled([leave(holdId, all(4)), leave(holdId, all(4))]);
      expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const { receivedDecisions: table } = schema;
      expect(await stores().db.select().from(table).where(and(eq(table.holdId, holdId), isNull(table.supersededAt)))).toHaveLength(5);
    });

    it.each<[string, () => Promise<unknown>, RegExp]>([
      ['voiding without a reference', async () => decideReceived(me(), { holdId: await rerouted({ until: 10 }), decision: 'void', reason: 'Paid twice', asOf: isoNow(), selection: picked('a') }), /reference: is needed to void/],
      ['sending class R0 again', async () => decideReceived(as(never.engineer), { holdId: await never.rerouted({ until: 10 }), decision: 'resend', reason: 'Not paid', asOf: isoNow(), selection: picked('n') }), /never sent again \(class R0\)\. Ask the payer\./],
      ['what the alternate did not receive', async () => leave(await rerouted({ until: 10 }), picked('a', 'outside')), /1 of these messages was not found/],
      ['what lies outside of the scope', async () => leave(await rerouted({ until: 10 }), picked('a', 'c'), within({ facilities: ['south'], payers: null })), /1 of these messages was not found/],
      ['who may not act at all', async () => leave(await rerouted({ until: 10 }), picked('a'), within()), /was not found, or your roles/],
    ])('refuses %s, and keeps nothing', async (_, verb, words) => {
      await expect(verb()).rejects.toThrow(words);
      expect(await stores().db.select().from(schema.receivedDecisions)).toEqual([]);
    });

    it('says why nothing of class R0 is sent again before anybody asks', async () => {
      expect((await listReceived(as(never.engineer), { holdId: await never.rerouted() })).resendRefused).toBe('Messages of never-again are never sent again (class R0). Ask the payer.');
      expect((await listReceived(me(), { holdId: await rerouted() })).resendRefused).toBeNull();
    });

    it('stays an open task after the restore until something is decided of each', async () => {
      const holdId = await rerouted({ until: 10 });
      const { openedBy } = await loadHold(stores().db, holdId);
      const open = async () => (await listOperations(me(), { state: 'open', flowId: 'decided' })).items.filter(({ id }) => id === openedBy).map((one) => one.undecided);
      const inPlace = await rerouted();
      expect(await countUndecided({ ...stores(), now: at })).toEqual([]);
      expect([await undecided(holdId), await undecided(inPlace)]).toEqual([5, 6]);
      expect(await open()).toEqual([5]);
      expect((await listHolds(me(), { flowId: 'decided' })).items.map((hold) => [hold.id, hold.undecided])).toEqual([[inPlace, 6]]);
      await leave(holdId, all(5));
      expect([await undecided(holdId), await open()]).toEqual([0, []]);
    });

    it('is open also where something was decided before anybody had counted', async () => {
      const holdId = await rerouted({ until: 10 });
      await leave(holdId, picked('a'));
      expect(await undecided(holdId)).toBeNull();
      await countUndecided({ ...stores(), now: at });
      expect(await undecided(holdId)).toBe(4);
    });

    it('stays kept when the copies are gone, and says of how many nobody has decided', async () => {
      const holdId = await rerouted({ until: 10 });
      await countUndecided({ ...stores(), now: at });
      await leave(holdId, picked('a', 'b'));
      // As if the partitions had been dropped.
      await stores().db.update(schema.operations).set({ startedAt: new Date(base().getTime() - 12 * 60_000) }).where(eq(schema.operations.id, (await loadHold(stores().db, holdId)).openedBy));
      await countUndecided({ ...stores(), now: at });
      const page = await listReceived(me(), { holdId, standing: 'decided' });
      expect([keysOf(page), page.items[1]?.caseLabel]).toEqual([['b', 'a'], 'CLM…A']);
      const events = await stores().db.query.operationEvents.findMany({ where: (row, { eq: is, and: both }) => both(is(row.holdId, holdId), is(row.kind, 'copies-gone')) });
      expect(events).toMatchObject([{ sentence: 'Copies of 3 messages that Second payer gate received are not kept any more. Nobody had decided of them.' }]);
    });
  });
}
