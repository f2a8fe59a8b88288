import type { BusinessMessage } from '../../network/message';
import { detail, fact } from '../../network/message';
import { ROUTES } from '../../network/routes';
import { takeItemVersion } from '../../runtime/item-subscription';
import type { SystemContext } from '../../runtime/system';
import { runSystem } from '../../runtime/system';

/** Loads one refresh of a data product; the same extract is loaded once. */
async function loadBatch({ pool }: SystemContext, product: string, message: BusinessMessage): Promise<void> {
  await pool.query(
    `INSERT INTO analytics.product_batch (product, extract, facility_code, department_code, row_count, complete_through)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [
      product, fact(message, 'extract'), fact(message, 'facility'), fact(message, 'department'),
      detail(message, 'rows'), detail(message, 'completeThrough'),
    ],
  );
}

await runSystem({
  id: 'analytics',
  routes: (context) => [
    { route: ROUTES.putItemInAnalytics, handle: (message) => takeItemVersion(context.pool, 'analytics', message) },
    { route: ROUTES.loadUtilization, handle: (message) => loadBatch(context, 'supply-utilization', message) },
    { route: ROUTES.loadBillingCycle, handle: (message) => loadBatch(context, 'billing-cycle', message) },
  ],
  start: async () => undefined,
});
