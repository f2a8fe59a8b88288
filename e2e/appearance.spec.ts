import { accessibilityProblems } from './product/accessibility-problems';
import { SETTINGS_PAGES } from './product/settings-pages';
import { expect, test } from './product/test';

const PAGES = ['/', '/?open=replenishment', '/flows/po-to-supplier', '/traces', '/operations', '/operations?show=all', '/approvals', '/notices', '/device', '/settings', ...SETTINGS_PAGES];

test.use({ role: 'admin' });

for (const path of PAGES) {
  // One test for both, because opening the page is most of it.
  test(`${path} can be used without seeing it, and fits every width in both themes without scrolling sideways`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('main').locator('[aria-busy]')).toHaveCount(0);
    await expect(page.getByRole('main')).toHaveCount(1);
    await expect(page.getByRole('banner')).toHaveCount(1);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toContain('Signalbox');
    expect(await page.evaluate(accessibilityProblems)).toEqual([]);
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [320, 390, 1280, 1920]) {
        await page.setViewportSize({ width, height: 844 });
        // What measures its place follows the window a moment later.
        await expect.poll(overflow, { message: `${width} px in ${colorScheme}` }).toBeLessThanOrEqual(0);
      }
    }
  });
}

test('follows the system until a theme is chosen', async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto('/traces');
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background();
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background();
  expect(light).not.toBe(dark);

  await page.getByRole('button', { name: 'Administrator' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  expect(await background()).toBe(dark);
});

test('the rail collapses and stays so', async ({ page }) => {
  await page.goto('/traces');
  const rail = page.getByRole('navigation', { name: 'Areas' }).first();
  await rail.getByRole('button', { name: 'Collapse' }).click();
  await expect(rail.getByRole('button', { name: 'Expand' })).toHaveAttribute('aria-expanded', 'false');
  await page.reload();
  await expect(rail.getByRole('button', { name: 'Expand' })).toBeVisible();
  await expect(rail.getByRole('link', { name: 'Overview' })).toBeVisible();
});
