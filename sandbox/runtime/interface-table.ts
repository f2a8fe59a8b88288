import { SpanKind } from '@opentelemetry/api';
import type { ClientBase, Pool } from 'pg';
import type { InterfaceTable } from '../network/interfaces';
import type { BusinessMessage } from '../network/message';
import { CONVENTION } from './conventions';
import type { DatabaseAddress } from './database';
import type { Telemetry } from './telemetry';
import { currentTraceparent } from './telemetry';

/** How telemetry names the table: schema-qualified, as in the statement. */
export function qualifiedName({ schema, table }: InterfaceTable): string {
  return `${schema}.${table}`;
}

/**
 * The statement that makes an interface table and its indexes. Status of a row: New, in Process, Complete, Error (tried
 * again at `next_attempt_at`).
 */
export function interfaceTableDdl(table: InterfaceTable): string {
  const name = qualifiedName(table);
  return `
    CREATE TABLE ${name} (
      interface_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      message_id       text NOT NULL,
      destination      text NOT NULL,
      case_key         text,
      facility_code    text,
      department_code  text,
      payer_code       text,
      supplier_code    text,
      item_code        text,
      amount           numeric(18, 2),
      payload          jsonb NOT NULL,
      status           char(1) NOT NULL DEFAULT 'N' CHECK (status IN ('N', 'P', 'C', 'E')),
      attempts         integer NOT NULL DEFAULT 0,
      deliveries       integer NOT NULL DEFAULT 0,
      next_attempt_at  timestamptz NOT NULL DEFAULT now(),
      error_code       text,
      error_text       text,
      traceparent      text,
      created_at       timestamptz NOT NULL DEFAULT now(),
      updated_at       timestamptz NOT NULL DEFAULT now(),
      UNIQUE (message_id, destination)
    );
    CREATE INDEX ${table.table}_open ON ${name} (destination, status, next_attempt_at) WHERE status <> 'C';
    CREATE INDEX ${table.table}_finished ON ${name} (updated_at) WHERE status = 'C';
  `;
}

/** Attributes of a span that works on an interface table. */
export function tableAttributes(table: InterfaceTable, database: DatabaseAddress, operation: 'INSERT' | 'UPDATE') {
  return {
    [CONVENTION.dbSystem]: 'postgresql',
    [CONVENTION.dbNamespace]: database.name,
    [CONVENTION.dbCollection]: qualifiedName(table),
    [CONVENTION.dbOperation]: operation,
    [CONVENTION.serverAddress]: database.address,
    [CONVENTION.serverPort]: database.port,
  };
}

/**
 * Puts a message into an interface table, in the caller's transaction, with the trace it belongs to. A message that is
 * already there for this destination stays as it is: senders may repeat themselves. The conflict is not named, because who
 * names one has to be allowed to see the row, and a system that also takes from the table may not while it is held.
 */
export async function enqueue(
  { telemetry, database }: { telemetry: Telemetry; database: DatabaseAddress },
  client: ClientBase | Pool,
  table: InterfaceTable,
  destination: string,
  message: BusinessMessage,
): Promise<void> {
  const { facts } = message;
  await telemetry.inSpan(
    {
      name: `insert ${qualifiedName(table)}`,
      kind: SpanKind.PRODUCER,
      attributes: { ...tableAttributes(table, database, 'INSERT'), ...telemetry.messageAttributes(message) },
    },
    () =>
      client.query(
        `INSERT INTO ${qualifiedName(table)} (message_id, destination, case_key, facility_code, department_code,
           payer_code, supplier_code, item_code, amount, payload, traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT DO NOTHING`,
        [
          facts.messageId, destination, facts[table.caseKey], facts.facility, facts.department,
          facts.payer, facts.supplier, facts.item, facts.amount, JSON.stringify(message), currentTraceparent(),
        ],
      ),
  );
}
