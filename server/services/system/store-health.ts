import type { ComponentHealth } from '@/server/domain/health/flow-view';
import type { ServiceContext } from '../service-context';

/** Asks both stores whether they answer, and how fast. */
export async function readStoreHealth(context: Pick<ServiceContext, 'db' | 'clickhouse' | 'now'>): Promise<ComponentHealth[]> {
  return Promise.all([
    probe('postgres', 'Postgres', context, async () => {
      await context.db.query.settings.findFirst();
    }),
    probe('clickhouse', 'ClickHouse', context, () => context.clickhouse.ping()),
  ]);
}

async function probe(component: string, name: string, context: Pick<ServiceContext, 'now'>, ask: () => Promise<void>): Promise<ComponentHealth> {
  const started = performance.now();
  const base = { component, instance: component, reportedAt: context.now().toISOString() };
  try {
    await ask();
    const answeredInMs = Math.round(performance.now() - started);
    return { ...base, status: 'ok', summary: `${name} answers.`, detail: { answeredInMs } };
  } catch {
    return { ...base, status: 'down', summary: `${name} does not answer. Check that it is running and reachable from this machine.`, detail: {} };
  }
}
