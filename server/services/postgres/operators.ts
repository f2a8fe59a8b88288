import type { Database } from '@/server/store/postgres';

type SettingsQuery = NonNullable<Parameters<Database['query']['settings']['findFirst']>[0]>;
type Condition = Extract<NonNullable<SettingsQuery['where']>, (...args: never[]) => unknown>;

/** `eq`, `and`, `sql` … for conditional writes. */
export type Operators = Parameters<Condition>[1];

let operators: Operators | undefined;

/**
 * The comparison operators of the query builder, for the conditions of UPDATE and DELETE. Only server/store imports the
 * builder; it hands its operators to the callbacks of every read, and that is where this takes them from.
 */
export function operatorsOf(db: Database): Operators {
  if (!operators) {
    db.query.settings.findFirst({ where: (_row, given) => { operators = given; return undefined; } }).toSQL();
  }
  if (!operators) throw new Error('The query builder passed no operators to a read: its version is not the one this was written for.');
  return operators;
}
