import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal, type JournaledGroup } from './journal';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const group = (journal: Journal): JournaledGroup => ({
  from: { segment: 1, offset: 0 },
  to: { segment: 1, offset: 500 },
  blocks: [{
    batchId: journal.nextBatchId().toString(), day: '2026-01-05', rows: 3, token: journal.nextToken('abc'), life: 'life-1',
    receivedMinutes: [29_460_840], eventMinutes: [29_460_839, 29_460_840],
  }],
});

describe('Journal', () => {
  it('remembers the open group across a restart, and forgets it once committed', () => {
    const journal = new Journal(dir);
    const begun = group(journal);
    journal.begin(begun);
    const again = new Journal(dir);
    expect(again.group).toEqual(begun);
    expect(again.instance).toBe(journal.instance);
    again.commit(begun.to);
    const third = new Journal(dir);
    expect(third.group).toBeNull();
    expect(third.committed).toEqual(begun.to);
  });

  it('never gives a batch id or token twice, also after a restart', () => {
    const journal = new Journal(dir);
    const begun = group(journal);
    journal.begin(begun);
    const again = new Journal(dir);
    const ids = [begun.blocks[0]!.batchId, again.nextBatchId().toString(), again.nextBatchId().toString()];
    expect(new Set(ids).size).toBe(3);
    expect(again.nextToken('abc')).not.toBe(begun.blocks[0]!.token);
  });

  it('ignores a last line cut short by a crash', () => {
    const journal = new Journal(dir);
    journal.commit({ segment: 2, offset: 7 });
    appendFileSync(join(dir, 'journal.jsonl'), '{"committed":{"segm');
    expect(new Journal(dir).committed).toEqual({ segment: 2, offset: 7 });
  });

  it('adds up repairs until they are done', () => {
    const journal = new Journal(dir);
    journal.beginRepair({ receivedMinutes: [1], eventMinutes: [1, 2], batchIds: ['5'] });
    journal.beginRepair({ receivedMinutes: [1, 3], eventMinutes: [2], batchIds: ['6'] });
    const again = new Journal(dir);
    expect(again.repair).toEqual({ receivedMinutes: [1, 3], eventMinutes: [1, 2], batchIds: ['5', '6'] });
    again.endRepair();
    expect(new Journal(dir).repair).toBeNull();
  });

  it('stays small', () => {
    const journal = new Journal(dir);
    for (let i = 0; i < 5_000; i++) journal.commit({ segment: 1, offset: i });
    expect(readFileSync(join(dir, 'journal.jsonl')).length).toBeLessThan(300_000);
    expect(new Journal(dir).committed.offset).toBe(4_999);
  });
});
