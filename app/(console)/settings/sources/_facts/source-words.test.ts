import { describe, expect, it } from 'vitest';
import type { SourceView } from '@/server/services/sources/source-view';
import { accessWords, addressOf } from './source-words';

const SOURCE: SourceView = {
  id: 'erp-db', name: 'ERP database', system: { id: 'erp', name: 'ERP' }, kind: 'postgres', origin: 'console', file: null, enabled: true,
  settings: { host: 'erp-db.internal', port: 5432, database: 'erp' }, match: [{ address: 'erp-db', port: 5432, namespace: 'erp' }, { address: '10.0.0.7' }],
  observeUser: 'signalbox', leverUser: null, revision: 1, updatedBy: null, updatedAt: null, flows: [],
  tap: { status: 'ok', summary: '', lastSuccessAt: null, latencyMs: null, rows: null, lastError: null, instance: null, detail: {}, reportedAt: null },
};

describe('address of a source', () => {
  it('is where Signalbox connects to', () => {
    expect(addressOf(SOURCE)).toBe('erp-db.internal:5432/erp');
    expect(addressOf({ ...SOURCE, kind: 'rabbitmq', settings: { management: 'https://broker:15671' } })).toBe('https://broker:15671');
  });

  it('is what telemetry carries where nothing is connected', () => {
    expect(addressOf({ ...SOURCE, settings: null })).toBe('erp-db:5432/erp, 10.0.0.7');
  });
});

describe('access', () => {
  it.each([
    [{ settings: null }, 'recognised in telemetry only'],
    [{ observeUser: null }, 'not tapped: no user for observing'],
    [{}, 'observe-only'],
    [{ leverUser: 'signalbox-levers' }, 'levers'],
  ])('%j', (over, words) => expect(accessWords({ ...SOURCE, ...over })).toBe(words));
});
