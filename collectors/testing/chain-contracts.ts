import type { LeverDatabase } from '../interface-tables/testing/lever-database';

/** A flow from a queue into a table: what it takes to hold it whole are two technologies. */
export const CHAIN = { flowId: 'chain', hopId: 'intake' };

export const chainContracts = (erp: LeverDatabase, vhost: string) => `---
apiVersion: signalbox/v1
kind: Sources
metadata: { id: erp }
systems: [{ id: erp, name: ERP }]
sources:
  - id: erp-db
    system: erp
    kind: postgres
    connect: { host: ${erp.settings.host}, port: ${erp.settings.port}, database: ${erp.settings.database}, encryption: disable, pollSeconds: 60, user: ${erp.reader.user}, password: { env: ERP_READER }, levers: { user: ${erp.operator.user}, password: { env: ERP_OPERATOR } } }
---
apiVersion: signalbox/v1
kind: Flow
metadata: { id: chain }
spec:
  path:
    - { id: intake, channel: { source: broker, kind: queue, vhost: "${vhost}", exchange: chain, keys: ["#"], name: chain.work } }
    - { id: posting, channel: { source: erp-db, kind: table, table: posting, key: id, status: { column: status, pending: N, inProgress: P, done: C, error: E, held: H }, createdAt: created_at, updatedAt: updated_at, attempts: attempts } }
  pause: { allowed: true, maxHold: PT4H }
`;
