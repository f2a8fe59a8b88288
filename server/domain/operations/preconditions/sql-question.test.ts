import { expect, it } from 'vitest';
import { sqlQuestion } from './sql-question';

const ask = (text: string, values: Record<string, string> = { usageLine: 'UL1', facility: 'MH1' }) => sqlQuestion(text, (name) => values[name]);

it.each([
  ['one field', 'SELECT FROM issue WHERE line = {usageLine}', 'SELECT FROM issue WHERE line = $1', ['UL1']],
  ['a field twice', 'SELECT FROM a WHERE x = {usageLine} OR y = {usageLine}', 'SELECT FROM a WHERE x = $1 OR y = $1', ['UL1']],
  ['two fields', 'SELECT FROM a WHERE x = {facility} AND y = {usageLine}', 'SELECT FROM a WHERE x = $1 AND y = $2', ['MH1', 'UL1']],
  ['none', `SELECT FROM period WHERE state = 'closed'`, `SELECT FROM period WHERE state = 'closed'`, []],
  ['braces that are no field', `SELECT FROM a WHERE tags = '{A,B}'::text[] AND x = {usageLine}`, `SELECT FROM a WHERE tags = '{A,B}'::text[] AND x = $1`, ['UL1']],
  ['quotes and comments around', `SELECT 'it''s', "odd ""name""" -- why\n FROM a WHERE x = {usageLine} /* end */`, `SELECT 'it''s', "odd ""name""" -- why\n FROM a WHERE x = $1 /* end */`, ['UL1']],
])('binds values as parameters: %s', (_, text, sql, values) => {
  expect(ask(text)).toEqual({ sql, values });
});

it('hands a hostile value over as it is, apart from the statement', () => {
  expect(ask('SELECT FROM issue WHERE line = {usageLine}', { usageLine: `'; DROP TABLE issue; --` })).toEqual({ sql: 'SELECT FROM issue WHERE line = $1', values: [`'; DROP TABLE issue; --`] });
});

it.each([
  ['quotes', `SELECT FROM issue WHERE line = '{usageLine}'`],
  ['a literal with escapes', `SELECT FROM issue WHERE line = E'\\'{usageLine}'`],
  ['a quoted name', 'SELECT FROM "{usageLine}"'],
  ['dollar quotes', 'SELECT FROM issue WHERE line = $a1${usageLine}$a1$'],
  ['a comment', 'SELECT FROM issue -- {usageLine}'],
  ['a long comment', 'SELECT FROM issue /* {usageLine} */'],
  ['a quote that is never closed', `SELECT FROM issue WHERE line = '{usageLine}`],
])('refuses a field inside %s, where it would be compared as it stands', (_, text) => {
  expect(ask(text)).toEqual({ problem: expect.stringContaining('inside quotes or a comment') });
});

it.each([
  ['a field that the message lacks', {}, 'The message has no usageLine, which the probe asks by'],
  ['an empty one', { usageLine: ' ' }, 'The message has no usageLine, which the probe asks by'],
  ['a zero byte', { usageLine: 'a\0b' }, 'The usageLine of the message holds characters that are no text'],
  ['a very long one', { usageLine: 'a'.repeat(300) }, 'The usageLine of the message is longer than 256 characters'],
])('refuses %s', (_, values: Record<string, string>, problem) => {
  expect(ask('SELECT FROM issue WHERE line = {usageLine}', values)).toEqual({ problem });
});

it('refuses numbered parameters, which could meet ours', () => {
  expect(ask('SELECT FROM a WHERE x = $1 AND y = {usageLine}')).toEqual({ problem: expect.stringContaining('name the fields') });
});
