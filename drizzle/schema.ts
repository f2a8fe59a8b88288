/**
 * Postgres owns identity, configuration, contracts and current state; ClickHouse owns append-only facts.
 * Instants are `timestamptz` read as Date (millisecond precision is enough for state; facts keep nanoseconds elsewhere).
 */
import { sql } from 'drizzle-orm';
import { bigint, boolean, date, index, integer, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** People. `passwordHash` is null for people who sign in through the identity provider only. */
export const users = pgTable('users', {
  id: uuid('id').primaryKey(),
  email: text('email').notNull(),
  name: text('name').notNull(),
  passwordHash: text('password_hash'),
  disabledAt: instant('disabled_at'),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [uniqueIndex('users_email_key').on(sql`lower(${t.email})`)]);

/** What a user may do, and for which facilities and payers (null = all). Several grants add up. */
export const roleGrants = pgTable('role_grants', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull().references(() => users.id, { onDelete: 'cascade' }),
  role: text('role').notNull(),
  facilities: text('facilities').array(),
  payers: text('payers').array(),
  createdAt: instant('created_at').notNull().defaultNow(),
}, (t) => [index('role_grants_user').on(t.userId)]);

/** Failed sign-ins per account and address, so that guessing passwords is slowed down across web processes. */
export const signInThrottle = pgTable('sign_in_throttle', {
  key: text('key').primaryKey(),
  failures: integer('failures').notNull(),
  lastFailureAt: instant('last_failure_at').notNull(),
});

/** Tokens of machines: `kind` is `api` (bearer of the REST API) or `ingest` (receivers). Only the hash is stored. */
export const tokens = pgTable('tokens', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  name: text('name').notNull(),
  role: text('role').notNull(),
  facilities: text('facilities').array(),
  payers: text('payers').array(),
  tokenHash: text('token_hash').notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
  lastUsedAt: instant('last_used_at'),
  expiresAt: instant('expires_at'),
  revokedAt: instant('revoked_at'),
}, (t) => [uniqueIndex('tokens_hash_key').on(t.tokenHash), uniqueIndex('tokens_name_key').on(t.name).where(sql`${t.revokedAt} is null`)]);

/** Every version of every contract document ever loaded, identified by the hash of its content. */
export const contractVersions = pgTable('contract_versions', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  documentId: text('document_id').notNull(),
  version: text('version').notNull(),
  sha256: text('sha256').notNull(),
  file: text('file').notNull(),
  yaml: text('yaml').notNull(),
  document: jsonb('document').notNull(),
  loadedAt: instant('loaded_at').notNull().defaultNow(),
}, (t) => [uniqueIndex('contract_versions_content_key').on(t.kind, t.documentId, t.sha256)]);

/** The version in force per document. A document that left the folder keeps its row with `active = false`. */
export const activeContracts = pgTable('active_contracts', {
  kind: text('kind').notNull(),
  documentId: text('document_id').notNull(),
  versionId: uuid('version_id').notNull().references(() => contractVersions.id),
  active: boolean('active').notNull().default(true),
  activatedAt: instant('activated_at').notNull().defaultNow(),
}, (t) => [primaryKey({ columns: [t.kind, t.documentId] })]);

/** What the last load of the contract folder found wrong: file, line, rule. Empty when all is well. */
export const contractProblems = pgTable('contract_problems', {
  id: uuid('id').primaryKey(),
  file: text('file').notNull(),
  line: integer('line'),
  rule: text('rule').notNull(),
  message: text('message').notNull(),
  foundAt: instant('found_at').notNull().defaultNow(),
});

/** Health of each flow as last evaluated; the one truth that overview, API and CLI show. */
export const flowStatus = pgTable('flow_status', {
  flowId: text('flow_id').primaryKey(),
  status: text('status').notNull(),
  phase: text('phase').notNull(),
  rule: text('rule').notNull(),
  reason: text('reason').notNull(),
  figures: jsonb('figures').notNull(),
  since: instant('since').notNull(),
  lastUnhealthyAt: instant('last_unhealthy_at'),
  evaluatedAt: instant('evaluated_at').notNull(),
});

/** Each change of a flow's status, append-only. */
export const flowStatusChanges = pgTable('flow_status_changes', {
  id: uuid('id').primaryKey(),
  flowId: text('flow_id').notNull(),
  fromStatus: text('from_status'),
  toStatus: text('to_status').notNull(),
  rule: text('rule').notNull(),
  reason: text('reason').notNull(),
  at: instant('at').notNull(),
}, (t) => [index('flow_status_changes_flow_at').on(t.flowId, t.at)]);

/** Every running part of Signalbox reports itself; a row that has not been refreshed is a part that is down. */
export const componentReports = pgTable('component_reports', {
  component: text('component').notNull(),
  instance: text('instance').notNull(),
  status: text('status').notNull(),
  summary: text('summary').notNull(),
  detail: jsonb('detail').notNull(),
  startedAt: instant('started_at').notNull(),
  reportedAt: instant('reported_at').notNull(),
}, (t) => [primaryKey({ columns: [t.component, t.instance] })]);

/** What ingest did not take as it came, by reason and day: nothing is dropped in silence. */
export const ingestCounts = pgTable('ingest_counts', {
  day: date('day', { mode: 'string' }).notNull(),
  kind: text('kind').notNull(),
  subject: text('subject').notNull(),
  count: bigint('count', { mode: 'bigint' }).notNull(),
  lastAt: instant('last_at').notNull(),
}, (t) => [primaryKey({ columns: [t.day, t.kind, t.subject] })]);

/** Minutes throughout which receivers listened and all that they received is counted: without facts these are zeros, others are gaps. */
export const observedMinutes = pgTable('observed_minutes', {
  minute: instant('minute').primaryKey(),
});

/** One process at a time per name: evaluators, settle jobs, the writer of an engine. `fence` only grows. */
export const leases = pgTable('leases', {
  name: text('name').primaryKey(),
  owner: text('owner').notNull(),
  fence: bigint('fence', { mode: 'bigint' }).notNull(),
  expiresAt: instant('expires_at').notNull(),
});

/** Values an administrator changes at run time, e.g. retention days per table. */
export const settings = pgTable('settings', {
  key: text('key').primaryKey(),
  value: jsonb('value').notNull(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/**
 * Sources that were added in Settings or by the API, and how each is reached. Passwords stand in the encrypted columns
 * only. Sources that a Sources document declares are not here: the document is their one truth.
 */
export const sourceConnections = pgTable('source_connections', {
  sourceId: text('source_id').primaryKey(),
  name: text('name').notNull(),
  system: text('system').notNull(),
  systemName: text('system_name').notNull(),
  kind: text('kind').notNull(),
  /** How telemetry names it, as `match` of a Sources document. */
  match: jsonb('match').notNull(),
  enabled: boolean('enabled').notNull().default(true),
  /** Addresses and options without secrets, as `server/domain/sources` describes them per kind. */
  settings: jsonb('settings').notNull(),
  /** Credentials for looking, and the separate ones for acting, sealed as in `server/domain/sources/secret-box`. */
  observeSecret: text('observe_secret'),
  leverSecret: text('lever_secret'),
  /** Grows with every change: a tap that runs with an older one starts again. */
  revision: integer('revision').notNull().default(1),
  createdBy: text('created_by').notNull(),
  createdAt: instant('created_at').notNull(),
  updatedBy: text('updated_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/**
 * Questions to a source that only a collector can ask: `test` a connection (also one that is not saved yet) or `discover`
 * its channels. The web writes a row, a collector claims it, and the answer stays for a day.
 */
export const sourceRequests = pgTable('source_requests', {
  id: uuid('id').primaryKey(),
  sourceId: text('source_id').notNull(),
  kind: text('kind').notNull(),
  /** A connection to test before it is saved: settings, and its credentials encrypted. Null: the saved one. */
  candidate: jsonb('candidate'),
  state: text('state').notNull().default('waiting'),
  requestedBy: text('requested_by').notNull(),
  requestedAt: instant('requested_at').notNull(),
  claimedBy: text('claimed_by'),
  claimedAt: instant('claimed_at'),
  finishedAt: instant('finished_at'),
  answer: jsonb('answer'),
  error: text('error'),
}, (t) => [index('source_requests_waiting').on(t.requestedAt).where(sql`${t.state} in ('waiting', 'running')`), index('source_requests_source').on(t.sourceId, t.kind, t.requestedAt)]);

/** Contract documents that were activated in the product instead of the contract folder; collectors load them like files. */
export const consoleDocuments = pgTable('console_documents', {
  kind: text('kind').notNull(),
  documentId: text('document_id').notNull(),
  yaml: text('yaml').notNull(),
  revision: integer('revision').notNull().default(1),
  updatedBy: text('updated_by').notNull(),
  updatedAt: instant('updated_at').notNull(),
}, (t) => [primaryKey({ columns: [t.kind, t.documentId] })]);

export * from './operations';
export * from './notices';
export * from './device';
