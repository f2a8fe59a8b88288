import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadVocabulary } from './vocabulary';

describe('vocabulary', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sandbox-vocabulary-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function renames(content: unknown): string {
    const file = join(directory, 'renames.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  it('never speaks the product’s own attribute names', () => {
    for (const key of Object.values(loadVocabulary(undefined).attributes)) expect(key).not.toMatch(/^signalbox\./);
  });

  it('renames the attributes and services of a file and keeps the others', () => {
    const vocabulary = loadVocabulary(
      renames({ attributes: { 'meridian.facility.id': 'site.code' }, services: { 'meridian-erp': 'oracle' } }),
    );
    expect(vocabulary.attributes.facility).toBe('site.code');
    expect(vocabulary.attributes.payer).toBe('meridian.payer.id');
    expect(vocabulary.services.erp).toBe('oracle');
    expect(vocabulary.services.billing).toBe('meridian-billing');
  });

  it('refuses to rename what does not exist', () => {
    const file = renames({ attributes: { 'meridian.facilty.id': 'typo' } });
    expect(() => loadVocabulary(file)).toThrow('there is no name meridian.facilty.id to rename');
  });
});
