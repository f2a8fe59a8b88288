import { switchFault } from '../product/sandbox-fault';
import { expect, test } from '../product/test';

const FAULT = 'erp-errors';

test.afterEach(() => switchFault(FAULT, false));

test('shows a fault with its reason, and that it is recovering after its end', async ({ page }) => {
  test.setTimeout(5 * 60_000);
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');

  await switchFault(FAULT, true);
  const trouble = page.getByRole('table', { name: 'Flows that are not healthy, the most urgent first' });
  const row = trouble.getByRole('row').filter({ hasText: /(Failing|Degraded)[\s\S]*attempts failed/ }).first();
  await expect(row).toBeVisible({ timeout: 90_000 });
  const name = await row.getByRole('link').textContent();

  await row.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name ?? '');
  await expect(page.getByRole('main').getByText(/attempts failed/).first()).toBeVisible();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Overview' }).click();

  await switchFault(FAULT, false);
  const same = trouble.getByRole('row').filter({ hasText: name ?? '' });
  await expect(same.getByText('recovering', { exact: true })).toBeVisible({ timeout: 120_000 });
});
