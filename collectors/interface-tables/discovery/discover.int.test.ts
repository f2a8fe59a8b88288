import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseContractFile } from '@/server/domain/contracts/parse-contract-file';
import { resolveContracts } from '@/server/domain/contracts/resolve-contracts';
import { INTERFACES } from '@/sandbox/network/interfaces';
import { interfaceTableDdl } from '@/sandbox/runtime/interface-table';
import { ERP_DDL } from '@/sandbox/systems/erp/schema';
import type { Discovery } from '@/server/domain/sources/discovery';
import { postgresConnector } from '..';
import { contractsOf } from '../testing/contracts';
import { createInterfaceDatabase, type InterfaceDatabase } from '../testing/database';
import { connectedSource } from '../testing/manual-tap';

const SOURCES = `
apiVersion: signalbox/v1
kind: Sources
systems: [{ id: erp, name: ERP }]
sources: [{ id: erp-db, system: erp, kind: postgres }]
`;

let database: InterfaceDatabase;

beforeAll(async () => {
  database = await createInterfaceDatabase();
  await database.run('CREATE SCHEMA erp; CREATE SCHEMA inventory; CREATE SCHEMA billing; CREATE SCHEMA vendor;');
  await database.run(ERP_DDL);
  for (const table of Object.values(INTERFACES)) await database.run(interfaceTableDdl(table));
  await database.run(`
    CREATE TYPE vendor.send_state AS ENUM ('READY', 'SENDING', 'SENT', 'FAILED', 'ON HOLD');
    CREATE TABLE vendor."Event Outbox" (event_id uuid PRIMARY KEY, state vendor.send_state NOT NULL, created timestamptz, last_error text, retry_count int, topic text, payload jsonb, claim_number text);
    CREATE TABLE vendor.mm_transactions_interface (transaction_interface_id bigint PRIMARY KEY, process_flag text, creation_date timestamp, last_update_date timestamp, error_message text, vendor_id int);
    INSERT INTO vendor.mm_transactions_interface SELECT n, (ARRAY['1', 'PENDING', 'ERROR', 'PROCESSED'])[1 + n % 4], now() FROM generate_series(1, 400) n;
    CREATE TABLE vendor.po_interface (id int PRIMARY KEY, status text DEFAULT 'P' CHECK (status IN ('P', 'S', 'E')), created_at timestamptz, error_text text, attempts int);
    CREATE TABLE vendor.patients (id int PRIMARY KEY, name text, marital_status text, created_at timestamptz);
    INSERT INTO vendor.patients SELECT n, 'Miller ' || n, 'married', now() FROM generate_series(1, 100) n;
    CREATE VIEW vendor.outbound_messages AS SELECT event_id, state::text AS status, created AS created_at, last_error AS error_message, retry_count AS attempts, payload FROM vendor."Event Outbox";
    INSERT INTO vendor."Event Outbox" SELECT gen_random_uuid(), (ARRAY['READY', 'SENT', 'FAILED'])[1 + n % 3]::vendor.send_state, now(), NULL, 0, 't', '{}', 'CLM-' || n FROM generate_series(1, 60) n;
    CREATE TABLE vendor.hidden_interface (id int PRIMARY KEY, status text);
    GRANT USAGE ON SCHEMA erp, inventory, billing, vendor TO PUBLIC;
    GRANT SELECT ON ALL TABLES IN SCHEMA erp, inventory, billing, vendor TO PUBLIC;
    REVOKE ALL ON vendor.hidden_interface FROM PUBLIC;`);
  await database.run('ANALYZE vendor.patients');
});
afterAll(() => database.drop());

const discover = (schemas: string[] = [], contracts = contractsOf()): Promise<Discovery> =>
  postgresConnector.discover(connectedSource({ ...database.settings, schemas }, database.reader), contracts, new AbortController().signal);

describe('discovery', () => {
  it('finds the sandbox’s interface tables among its business tables, with every guess marked', async () => {
    const { drafts, nodes, notes } = await discover(['erp', 'inventory', 'billing']);
    expect(drafts.flatMap(({ channels }) => channels).toSorted()).toEqual(Object.values(INTERFACES).map(({ schema, table }) => `erp-db:table:${schema}.${table}`).toSorted());
    const draft = drafts.find(({ flowId }) => flowId === 'po-interface')!;
    expect(parseContractFile('draft.yaml', draft.yaml).documents[0]?.body).toMatchObject({
      metadata: { id: 'po-interface', name: 'Po interface', lifecycle: 'draft' },
      spec: {
        path: [{ channel: { source: 'erp-db', kind: 'table', schema: 'erp', table: 'po_interface', key: 'interface_id', status: { column: 'status', pending: 'N', inProgress: 'P', done: 'C', error: 'E' }, createdAt: 'created_at', updatedAt: 'updated_at', attempts: 'attempts', errorText: 'error_text', destination: 'destination' } }],
        fields: { message: { from: ['column:message_id'] }, payer: { from: ['column:payer_code'] }, reason: { from: ['column:error_code'] }, case: { from: ['column:case_key'], token: true, case: true } },
      },
    });
    expect(draft.guesses).toContainEqual({ at: 'spec.path[0].channel.status.pending', value: 'N', why: '"N" is the default of the column, so new rows have it' });
    expect(draft.guesses).toContainEqual({ at: 'spec.path[0].channel.key', value: 'interface_id', why: 'it is the primary key' });
    expect(nodes.find(({ name }) => name === 'erp.po_interface')).toMatchObject({ id: 'erp-db:table:erp.po_interface', kind: 'table', flows: [] });
    expect(drafts.some(({ channels }) => channels.includes('erp-db:table:erp.purchase_order'))).toBe(false);
    expect(notes.join(' ')).not.toContain('erp.item_master');
  });

  it('reads other ways of writing it: enumerations, views, values that only the rows know', async () => {
    const { drafts, nodes } = await discover(['vendor']);
    const statusOf = (name: string) => {
      const body = parseContractFile('draft.yaml', drafts.find(({ channels }) => channels.includes(name))?.yaml ?? '').documents[0]?.body;
      return body?.kind === 'Flow' && body.spec.path[0]?.channel.kind === 'table' ? body.spec.path[0].channel.status : undefined;
    };
    expect(statusOf('erp-db:table:vendor.Event%20Outbox')).toEqual({ column: 'state', pending: 'READY', inProgress: 'SENDING', done: 'SENT', error: 'FAILED', held: 'ON HOLD' });
    expect(statusOf('erp-db:table:vendor.outbound_messages')).toEqual({ column: 'status', pending: 'READY', done: 'SENT', error: 'FAILED' });
    expect(statusOf('erp-db:table:vendor.mm_transactions_interface')).toEqual({ column: 'process_flag', pending: 'PENDING', done: 'PROCESSED', error: 'ERROR' });
    expect(statusOf('erp-db:table:vendor.po_interface')).toEqual({ column: 'status', pending: 'P', done: 'S', error: 'E' });
    expect(drafts.find(({ channels }) => channels[0]?.endsWith('mm_transactions_interface'))?.guesses).toContainEqual({ at: 'spec.path[0].channel.status', value: '1', why: 'these values also occur; they are in no list of words and are left out' });
    expect(nodes.map(({ name }) => name)).not.toContain('vendor.patients');
    expect(nodes.map(({ name }) => name)).not.toContain('vendor.hidden_interface');
    expect(JSON.stringify([drafts, nodes])).not.toMatch(/Miller|married|CLM-/);
  });

  it('drafts contracts that load together without a problem', async () => {
    const { drafts } = await discover();
    expect(drafts).toHaveLength(Object.keys(INTERFACES).length + 4);
    expect(new Set(drafts.map(({ flowId }) => flowId)).size).toBe(drafts.length);
    const { problems, set } = resolveContracts([SOURCES, ...drafts.map(({ yaml }) => yaml)].map((text, index) => parseContractFile(`${index}.yaml`, text)), []);
    expect(problems).toEqual([]);
    expect(set.flows.map(({ metadata }) => metadata.id)).toEqual(drafts.map(({ flowId }) => flowId).toSorted());
    // Every guess points at what the document says.
    for (const { yaml, guesses } of drafts) for (const { at, value } of guesses) if (at !== 'spec.path[0].channel.status') expect(yaml).toContain(value.split(':').at(-1));
  });

  it('drafts nothing for tables that a contract names, and says which those are', async () => {
    const { drafts, nodes } = await discover(['vendor'], contractsOf({ id: 'orders', table: 'po_interface', channel: { schema: 'vendor' } }, { id: 'lost', table: 'lost_interface', channel: { schema: 'vendor' } }));
    expect(drafts.flatMap(({ channels }) => channels)).not.toContain('erp-db:table:vendor.po_interface');
    expect(nodes.find(({ name }) => name === 'vendor.po_interface')).toMatchObject({ flows: ['orders'] });
    expect(nodes.find(({ name }) => name === 'vendor.lost_interface')).toMatchObject({ flows: ['lost'], notes: [expect.stringContaining('was not found')] });
  });

  it('says so when there is nothing', async () => {
    expect(await discover(['public'])).toEqual({ nodes: [], edges: [], drafts: [], notes: [expect.stringContaining('No table with a column that looks like a status')] });
  });

  it('tells in a sentence that the database cannot be reached', async () => {
    const asking = postgresConnector.discover(connectedSource({ ...database.settings, port: 1 }, database.reader), contractsOf(), new AbortController().signal);
    await expect(asking).rejects.toThrow(/Nothing listens at/);
  });
});
