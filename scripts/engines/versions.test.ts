import { expect, test } from 'vitest';
import { checkClickHouseVersion, checkPostgresVersion } from './versions';

test.each(['26.2.1.5', '26.7.2.1', '27.1.1.1'])('ClickHouse %s is accepted', (version) => {
  expect(() => checkClickHouseVersion(version)).not.toThrow();
});

test.each(['26.1.9.1', '25.8.1.1', '3.9.1.1'])('ClickHouse %s is refused, with what to do', (version) => {
  expect(() => checkClickHouseVersion(version)).toThrow(/needs 26\.2 or newer.*unset CLICKHOUSE_URL/);
});

test('an answer that is no version is refused as such', () => {
  expect(() => checkClickHouseVersion('<html>')).toThrow(/"<html>", which cannot be read/);
  expect(() => checkPostgresVersion('')).toThrow(/too old/);
});

test.each(['140000', '180004'])('Postgres %s is accepted', (version) => {
  expect(() => checkPostgresVersion(version)).not.toThrow();
});

test('Postgres 13 is refused, with what to do', () => {
  expect(() => checkPostgresVersion('130021')).toThrow(/Postgres 13 is too old.*unset DATABASE_URL/);
});
