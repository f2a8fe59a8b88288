import { describe, expect, it, vi } from 'vitest';
import type { Gate, Gates } from './gates';
import { GateWatch } from './gate-watch';

const gates = (etag: string): Gates => new Map([['refresh', { etag } as Gate]]);
const forever = () => new AbortController().signal;

/** A watch whose reads are answered by hand. */
function watched() {
  const reads: { answer(gates: Gates): void; fail(error: Error): void }[] = [];
  const watch = new GateWatch(() => new Promise((resolve, reject) => { reads.push({ answer: resolve, fail: reject }); }));
  return { watch, reads };
}

describe('what waiting clients share', () => {
  it('is one read for all that ask at once, and a new one for who asks while one is under way', async () => {
    const { watch, reads } = watched();
    const [first, second, third] = [watch.now(), watch.now(), watch.now()];
    expect(reads).toHaveLength(1);
    reads[0]!.answer(gates('"a"'));
    expect((await first).get('refresh')?.etag).toBe('"a"');
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    reads[1]!.answer(gates('"b"'));
    expect([(await second).get('refresh')?.etag, (await third).get('refresh')?.etag]).toEqual(['"b"', '"b"']);
  });

  it('goes on after a read that failed', async () => {
    const { watch, reads } = watched();
    const [first, second] = [watch.now(), watch.now()];
    reads[0]!.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    reads[1]!.answer(gates('"a"'));
    expect((await second).get('refresh')?.etag).toBe('"a"');
  });

  it('wakes those whose answer is another now, and looks on for the others until they leave', async () => {
    const { watch, reads } = watched();
    const leaving = new AbortController();
    const [changed, same] = [watch.changed('refresh', '"a"', forever()), watch.changed('refresh', '"b"', leaving.signal)];
    await vi.waitFor(() => expect(reads).toHaveLength(1));
    reads[0]!.answer(gates('"b"'));
    expect((await changed)?.get('refresh')?.etag).toBe('"b"');
    await vi.waitFor(() => expect(reads).toHaveLength(2));
    leaving.abort();
    expect(await same).toBeNull();
    expect(watch.waiting).toBe(0);
    expect(await watch.changed('refresh', '"b"', AbortSignal.abort())).toBeNull();
  });

  it('tells all when it cannot look', async () => {
    const { watch, reads } = watched();
    const waiting = [watch.changed('refresh', '"a"', forever()), watch.changed('other', '"a"', forever())];
    await vi.waitFor(() => expect(reads).toHaveLength(1));
    reads[0]!.fail(new Error('away'));
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(watch.waiting).toBe(0);
  });

  it('ends when the process is told to, so that a server which closes does not wait for it', async () => {
    const before = process.listeners('SIGTERM');
    const { watch } = watched();
    const waiting = watch.changed('refresh', '"a"', forever());
    const own = process.listeners('SIGTERM').filter((listener) => !before.includes(listener));
    expect(own).toHaveLength(1);
    own[0]!('SIGTERM');
    expect(await waiting).toBeNull();
    expect(process.listeners('SIGTERM')).toEqual(before);
  });
});
