import { expect, test } from './product/test';

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
});

test('counts every flow in one sentence and in the filter', async ({ page }) => {
  const counts = await page.getByRole('group', { name: 'Status' }).getByRole('button').allTextContents();
  const total = counts.map((text) => Number(/\d+$/.exec(text)?.[0])).reduce((sum, count) => sum + count, 0);
  expect(counts).toHaveLength(6);
  expect(total).toBeGreaterThan(10);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(String(total));
});

test('keeps filters and unfolded processes in the address', async ({ page }) => {
  await page.getByRole('button', { name: /^Replenishment/ }).click();
  await expect(page).toHaveURL(/open=replenishment/);
  await expect(page.getByRole('table', { name: 'Healthy flows of Replenishment' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: /^Replenishment/ })).toHaveAttribute('aria-expanded', 'true');

  await page.getByRole('searchbox', { name: 'Search flows' }).fill('no flow is called this');
  await expect(page.getByRole('heading', { name: 'No flow matches the filter' })).toBeVisible();
  await expect(page).toHaveURL(/q=no/);
  await page.getByRole('button', { name: 'Clear filter' }).first().click();
  await expect(page).not.toHaveURL(/q=/);
  await expect(page.getByRole('heading', { name: 'No flow matches the filter' })).toBeHidden();
});

test('refreshes by itself without replacing what is on the screen, and stops when asked', async ({ page }) => {
  const asOf = page.getByRole('banner').locator('time');
  const row = page.getByRole('button', { name: /^Replenishment/ });
  const element = await row.elementHandle();
  const first = await asOf.textContent();
  await expect.poll(() => asOf.textContent()).not.toBe(first);
  expect(await element?.evaluate((node) => node.isConnected)).toBe(true);

  await page.getByRole('button', { name: 'Pause refreshing' }).click();
  await expect(page.getByRole('banner')).toContainText('paused');
  await expect(page.getByText('Refreshing is paused. What you see is from')).toBeVisible({ timeout: 30_000 });
});

test('looks broken, not green, when the feed is dead', async ({ page }) => {
  await page.route('**/api/trpc/**', (route) => route.abort());
  await expect(page.getByText('The feed is dead')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('group', { name: 'Facts that are no longer fresh' })).toHaveCSS('filter', 'grayscale(1)');
  await page.unroute('**/api/trpc/**');
  await expect(page.getByText('The feed is dead')).toBeHidden({ timeout: 30_000 });
});

test('says what to do when the first question gets no answer', async ({ page }) => {
  await page.route('**/api/trpc/**', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Signalbox does not answer' })).toBeVisible();
  await page.unroute('**/api/trpc/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
});
