import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpoolPosition } from './position';
import { Spool, SpoolFull } from './spool';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5, 10);

let dir: string;
let nowMs: number;
let opened: Spool[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-spool-'));
  nowMs = START_MS;
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((spool) => spool.close()));
  rmSync(dir, { recursive: true, force: true });
});

function openSpool(options: { maxBytes?: number; segmentBytes?: number; notBefore?: SpoolPosition } = {}): Spool {
  const spool = new Spool({ dir, maxBytes: 1_000_000, now: () => nowMs, ...options });
  opened.push(spool);
  return spool;
}
const sha = (text: string) => createHash('sha256').update(text).digest();
const append = (spool: Spool, text: string) => spool.append({ encoding: 'json', receivedAtMs: nowMs, sha256: sha(text), body: Buffer.from(text) });
const texts = async (spool: Spool, from: SpoolPosition = { segment: 1, offset: 0 }, until?: SpoolPosition) =>
  (await spool.read(from, { until, maxBytes: Infinity })).map(({ record }) => record.body.toString());
const segmentFile = (segment: number) => join(dir, 'segments', `${String(segment).padStart(8, '0')}.seg`);

describe('Spool', () => {
  it('gives back what was appended, in order, also after it was opened again', async () => {
    const spool = openSpool();
    const appended = ['a', 'bb', 'ccc'].map((text) => append(spool, text));
    await Promise.all(appended.map(({ durable }) => durable));
    expect(await texts(spool)).toEqual(['a', 'bb', 'ccc']);
    expect(await texts(spool, appended[1]!.from, appended[1]!.to)).toEqual(['bb']);
    await spool.close();
    const again = openSpool();
    expect(await texts(again)).toEqual(['a', 'bb', 'ccc']);
    expect(again.tail).toEqual(appended[2]!.to);
  });

  it('reads across segments', async () => {
    const spool = openSpool({ segmentBytes: 130 });
    const all = ['one', 'two', 'three', 'four', 'five'];
    await Promise.all(all.map((text) => append(spool, text).durable));
    expect(readdirSync(join(dir, 'segments')).length).toBe(3);
    expect(await texts(spool)).toEqual(all);
    const first = await spool.read({ segment: 1, offset: 0 }, { maxBytes: 1 });
    expect(first.map(({ record }) => record.body.toString())).toEqual(['one']);
    expect(await texts(spool, first[0]!.to)).toEqual(all.slice(1));
  });

  it('cuts a record that a crash left half written, and goes on behind the last whole one', async () => {
    const spool = openSpool();
    await append(spool, 'whole').durable;
    await spool.close();
    const bytes = readFileSync(segmentFile(1));
    appendFileSync(segmentFile(1), bytes.subarray(0, bytes.length - 2));
    const again = openSpool();
    expect(await texts(again)).toEqual(['whole']);
    await append(again, 'next').durable;
    expect(await texts(again)).toEqual(['whole', 'next']);
    expect(again.damage).toEqual([]);
  });

  it('keeps a copy of a segment that is damaged in the middle of the spool, and processes the rest', async () => {
    const spool = openSpool({ segmentBytes: 130 });
    await Promise.all(['one', 'two', 'three', 'four'].map((text) => append(spool, text).durable));
    await spool.close();
    const bytes = readFileSync(segmentFile(1));
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(segmentFile(1), bytes);
    const again = openSpool();
    expect(await texts(again)).toEqual(['one', 'three', 'four']);
    expect(again.damage).toHaveLength(1);
    expect(readFileSync(again.damage[0]!.keptAs)).toEqual(bytes);
  });

  it('recognises an identical request while it is written, afterwards, after a restart, and after its segment is gone', async () => {
    const spool = openSpool({ segmentBytes: 60 });
    expect(spool.seen(sha('a'))).toBeNull();
    const { durable } = append(spool, 'a');
    expect(spool.seen(sha('a'))).not.toBeNull();
    await durable;
    await append(spool, 'b').durable;
    expect(spool.seen(sha('a'))).not.toBeNull();
    spool.release(spool.tail);
    expect(readdirSync(join(dir, 'segments'))).toEqual(['00000002.seg']);
    await spool.close();
    const again = openSpool();
    expect(again.seen(sha('a'))).not.toBeNull();
    expect(again.seen(sha('b'))).not.toBeNull();
    expect(again.seen(sha('c'))).toBeNull();
  });

  it('forgets requests after six hours', async () => {
    const spool = openSpool({ segmentBytes: 60 });
    await append(spool, 'a').durable;
    await append(spool, 'b').durable;
    spool.release(spool.tail);
    await spool.close();
    nowMs = START_MS + 8 * HOUR_MS;
    const again = openSpool();
    expect(again.seen(sha('a'))).toBeNull();
    expect(readdirSync(join(dir, 'seen'))).toEqual([]);
  });

  it('says it is full before it takes anything, and has room again after a release', async () => {
    const spool = openSpool({ maxBytes: 140, segmentBytes: 60 });
    await append(spool, 'a').durable;
    await append(spool, 'b').durable;
    expect(() => spool.ensureRoom(10)).toThrow(SpoolFull);
    spool.release(spool.tail);
    expect(() => spool.ensureRoom(10)).not.toThrow();
  });

  it('refuses waiting requests when the disk fails, leaves no trace of them, and takes the retry', async () => {
    const spool = openSpool({ segmentBytes: 60 });
    await append(spool, 'kept').durable;
    // The next segment cannot be created while a folder has its name.
    const blocked = segmentFile(2);
    mkdirSync(blocked);
    const failed = [append(spool, 'lost-1'), append(spool, 'lost-2')];
    for (const { durable } of failed) await expect(durable).rejects.toThrow(/Senders are asked to try again/);
    expect(spool.seen(sha('lost-1'))).toBeNull();
    rmSync(blocked, { recursive: true });
    await append(spool, 'lost-1').durable;
    expect(await texts(spool)).toEqual(['kept', 'lost-1']);
  });

  it('starts behind what was committed when its segments were removed by hand', async () => {
    expect(openSpool({ notBefore: { segment: 7, offset: 99 } }).tail).toEqual({ segment: 8, offset: 0 });
  });
});
