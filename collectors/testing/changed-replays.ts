/** What a suite with a control room tests about a dead letter that is changed; a file of its own, so that both share one broker. */
import { expect, it, vi } from 'vitest';
import { confirmInEmergency } from '@/server/services/operations/confirm-operation';
import { readEdit } from '@/server/services/operations/read-edit';
import { person } from '@/server/services/operations/testing/planned-operations';
import { schema } from '@/server/store/postgres';
import { Consumer } from '../rabbitmq/levers/testing/publishers';
import { editedNames } from '../rabbitmq/own-names';
import { DEAD, FLOW_ID, WORK, type ControlRoom } from './control-room';

/** @param output what the collectors printed @param killedMessages publishes so many that die; resolves when the product knows them */
export function changedReplays({ room, output, killedMessages }: { room: () => ControlRoom; output: () => string; killedMessages: (name: string, count: number) => Promise<string[]> }): void {
  const VALUE = 'Doe, Jane 1961-04-02';
  const changing = (itemKeys: string[], edit = [{ at: 'header:charge', to: VALUE }]) => ({ kind: 'replay' as const, selection: { by: 'items' as const, itemKeys }, to: 'queue' as const, overrideUnknown: false, edit });

  /** Everything that is stored of operations, as text. */
  async function storedText(): Promise<string> {
    const { operations, operationItems, operationEvents, operationEdits, auditEvents } = schema;
    const rows = await Promise.all([room().db.select().from(operations), room().db.select().from(operationItems), room().db.select().from(operationEvents), room().db.select().from(operationEdits), room().db.select().from(auditEvents)]);
    return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  }

  it('needs a second person, who sees the change; nobody else does, and nothing of it is stored in clear', async () => {
    const ids = await killedMessages('changed', 2);
    await expect(room().plan(changing(ids.slice(0, 1), [{ at: 'header:amount', to: VALUE }]))).rejects.toThrow(/may not be changed by the contract/);
    await expect(room().plan(changing(ids))).rejects.toThrow(/exactly one message/);
    const planned = await room().plan(changing(ids.slice(0, 1)));
    expect(planned).toMatchObject({ state: 'planned', locks: [], plan: { approval: { needed: 'four-eyes' }, typedConfirmation: FLOW_ID } });
    await expect(confirmInEmergency(room().as(room().engineer), { id: planned.id, planHash: planned.planHash!, reason: 'test', typed: FLOW_ID })).rejects.toThrow(/never sent without the second person/);
    await expect(readEdit(room().as(person('other', ['engineer'])), { id: planned.id })).rejects.toThrow(/shown to who asked/);
    expect(await readEdit(room().as(room().approver), { id: planned.id })).toEqual({ changes: [{ at: 'header:charge', to: VALUE }] });

    const replay = await room().begin(changing(ids.slice(0, 1)));
    const consumer = await Consumer.begin(room().url, WORK, { keeps: true });
    const ended = await room().ended(replay.id);
    expect(ended).toMatchObject({ state: 'done', items: { sent: 1 } });
    expect(ended.events.map(({ sentence }) => sentence)).toContain('Changing header:charge of the message.');
    await vi.waitFor(() => expect(consumer.ids).toHaveLength(1), { timeout: 30_000 });
    expect(consumer.messages[0]!.properties.headers).toMatchObject({ charge: VALUE, amount: '10.00', 'x-signalbox-edits': `${replay.id}/1` });
    const channel = await room().channel();
    const original = await channel.get(editedNames(replay.id).queue, { noAck: true });
    expect(original && original.properties).toMatchObject({ messageId: ids[0], headers: { charge: `c-${ids[0]}`, 'x-signalbox-edited': `${replay.id}/1` } });
    expect((await channel.checkQueue(DEAD)).messageCount).toBe(1);

    await consumer.stop();
    expect(await readEdit(room().as(room().approver), { id: replay.id })).toEqual({ changes: [] });
    const stored = await storedText();
    expect(stored).toContain('operation.read-edit');
    expect(stored).not.toContain('Jane');
    expect(output()).not.toContain('Jane');
  }, 120_000);
}
