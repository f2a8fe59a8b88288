/** An interface database with an application that takes rows and an operator for the levers, each with its own role. */
import { randomBytes } from 'node:crypto';
import { expect, vi } from 'vitest';
import type { Credentials } from '@/server/domain/sources/connection';
import type { GatePlan } from '../lever-dialect';
import { postgresLevers } from '../postgres/levers';
import { qualifiedName, quoteIdentifier } from '../postgres/statements';
import { createInterfaceDatabase, type InterfaceDatabase } from './database';

export interface LeverDatabase extends InterfaceDatabase {
  consumer: Credentials;
  operator: Credentials;
  urlOf(credentials: Credentials): string;
  /** A table with a gate, as the script makes it. */
  guard(table: string, plan?: Partial<GatePlan>): Promise<void>;
  /** Another application that takes rows of this table, with a role of its own. */
  application(name: string, table: string): Promise<Credentials>;
  /** A table with the rights that both need, and no gate. */
  table(table: string, schema?: string): Promise<void>;
  /** Resolves when the first look of an observation stands. */
  lookIsOpen(): Promise<void>;
}

const columns = ['case_key', 'facility_code', 'amount', 'error_code', 'destination'];

export async function createLeverDatabase(): Promise<LeverDatabase> {
  const database = await createInterfaceDatabase();
  const roles: string[] = [];
  const role = async (name: string): Promise<Credentials> => {
    const credentials = { user: `${name}_${randomBytes(4).toString('hex')}`, password: randomBytes(12).toString('hex') };
    await database.run(`CREATE ROLE ${credentials.user} LOGIN PASSWORD '${credentials.password}'`);
    roles.push(credentials.user);
    return credentials;
  };
  const [consumer, operator] = [await role('erp_worker'), await role('signalbox_operator')];
  return {
    ...database, consumer, operator,
    urlOf: ({ user, password }) => `postgres://${user}:${password}@${database.settings.host}:${database.settings.port}/${database.settings.database}`,
    async application(name, table) {
      const credentials = await role(name);
      await database.run(`GRANT USAGE ON SCHEMA public TO ${credentials.user}; GRANT SELECT, UPDATE ON ${table} TO ${credentials.user}`);
      return credentials;
    },
    async table(table, schema = 'public') {
      const name = qualifiedName({ schema, table });
      await database.run(`
        CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(schema)};
        CREATE TABLE ${name} (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status char(1) NOT NULL DEFAULT 'N', destination text NOT NULL DEFAULT 'billing',
          case_key text, facility_code text, amount numeric(18, 2), attempts integer NOT NULL DEFAULT 0, error_code text, error_text text,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(), updated_at timestamptz NOT NULL DEFAULT clock_timestamp());
        GRANT USAGE ON SCHEMA ${quoteIdentifier(schema)} TO ${consumer.user}, ${operator.user};
        GRANT SELECT, UPDATE ON ${name} TO ${consumer.user};
        GRANT SELECT, UPDATE (status, attempts, destination) ON ${name} TO ${operator.user};`);
    },
    async guard(table, plan = {}) {
      await database.run(postgresLevers.gateScript({
        schema: 'public', table, key: ['id'], statusColumn: 'status', pending: 'N', shares: [], columns, consumers: [consumer.user], operator: operator.user, holds: 'reading', ...plan,
      }));
    },
    async lookIsOpen() {
      // A transaction has no snapshot before its first question.
      const open = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'signalbox-lever' AND state = 'idle in transaction' AND backend_xmin IS NOT NULL AND backend_xid IS NULL AND query NOT LIKE 'BEGIN%'`;
      await vi.waitFor(async () => expect(await database.run(open)).not.toEqual([]), { interval: 10, timeout: 5_000 });
    },
    async drop() {
      for (const user of roles) await database.run(`REASSIGN OWNED BY ${user} TO CURRENT_USER; DROP OWNED BY ${user}; DROP ROLE ${user}`);
      await database.drop();
    },
  };
}
