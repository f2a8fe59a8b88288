import { describe, expect, it } from 'vitest';
import { contractTables } from '../contract-tables';
import { contractsOf } from '../testing/contracts';
import { failedMessage } from './failed-rows';

const SEEN_AT = Date.UTC(2026, 4, 1);

describe('failedMessage', () => {
  it.each([
    ['an instant that can be', Date.UTC(2026, 3, 30), Date.UTC(2026, 3, 30)],
    ['year 1, which applications write for "not set"', Date.parse('0001-01-01T00:00:00Z'), SEEN_AT],
    ['the epoch', 0, SEEN_AT],
    ['year 9999', Date.UTC(9999, 11, 31), SEEN_AT],
    ['no instant', null, SEEN_AT],
  ])('knows when a row failed by %s', (_, updatedMs, failedAt) => {
    const contracts = contractsOf({ id: 'orders', table: 'orders' });
    const [table] = contractTables('erp-db', contracts);
    const message = failedMessage({ key: '1', columns: {}, updatedMs }, null, { sourceId: 'erp-db', table: table!, keyColumns: ['id'], mapper: contracts.mapper, seenAt: SEEN_AT });
    expect(message.failedAt).toBe(failedAt);
  });
});
