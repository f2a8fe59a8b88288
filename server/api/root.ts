import { auditRouter } from './routers/audit';
import { contractsRouter } from './routers/contracts';
import { deviceRouter } from './routers/device';
import { failuresRouter } from './routers/failures';
import { flowsRouter } from './routers/flows';
import { meRouter } from './routers/me';
import { noticesRouter } from './routers/notices';
import { operationsRouter } from './routers/operations';
import { settingsRouter } from './routers/settings';
import { sourcesRouter } from './routers/sources';
import { systemRouter } from './routers/system';
import { tracesRouter } from './routers/traces';
import { createCallerFactory, router } from './trpc';

export const appRouter = router({
  audit: auditRouter,
  flows: flowsRouter,
  failures: failuresRouter,
  traces: tracesRouter,
  system: systemRouter,
  me: meRouter,
  settings: settingsRouter,
  sources: sourcesRouter,
  contracts: contractsRouter,
  operations: operationsRouter,
  notices: noticesRouter,
  device: deviceRouter,
});

export type AppRouter = typeof appRouter;

/** Calls the procedures without HTTP, for server components and tests. */
export const createCaller = createCallerFactory(appRouter);
