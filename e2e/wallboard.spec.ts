import { expect, test } from './product/test';

test.beforeEach(async ({ page }) => {
  await page.goto('/?wall=1');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
});

test('shows state, clock and data age in the dark, without controls', async ({ page }) => {
  await expect(page.getByText(/^data \d+ s old$/)).toBeVisible();
  await expect(page.getByRole('main').locator('header time')).toHaveText(/^\d\d:\d\d:\d\d$/);
  await expect(page.getByRole('button')).toHaveCount(0);
  await expect(page.getByRole('navigation')).toHaveCount(0);
  await page.emulateMedia({ colorScheme: 'light' });
  const lightness = await page.getByRole('main').evaluate((main) => {
    const [red = 255] = getComputedStyle(main).backgroundColor.match(/\d+/g)?.map(Number) ?? [];
    return red;
  });
  expect(lightness).toBeLessThan(40);
});

test('writes a status in letters that can be read from four metres', async ({ page }) => {
  await page.setViewportSize({ width: 1920, height: 1080 });
  const size = await page.getByRole('heading', { level: 1 }).evaluate((heading) => Number.parseFloat(getComputedStyle(heading).fontSize));
  expect(size).toBeGreaterThanOrEqual(40);
});

test('looks broken when the feed is dead', async ({ page }) => {
  await page.route('**/api/trpc/**', (route) => route.abort());
  await expect(page.getByRole('main').getByRole('alert')).toContainText('FEED DEAD', { timeout: 30_000 });
  await page.unroute('**/api/trpc/**');
  await expect(page.getByRole('main').getByRole('alert')).toBeHidden({ timeout: 30_000 });
});
