import { accessibilityProblems } from './product/accessibility-problems';
import { SETTINGS_PAGES } from './product/settings-pages';
import { expect, test } from './product/test';

const PAGES = ['/', '/?open=replenishment', '/flows/po-to-supplier', '/traces', '/operations', '/operations?show=all', '/settings', ...SETTINGS_PAGES];

test.use({ role: 'admin' });

for (const path of PAGES) {
  test(`${path} can be used without seeing it`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('main').locator('[aria-busy]')).toHaveCount(0);
    await expect(page.getByRole('main')).toHaveCount(1);
    await expect(page.getByRole('banner')).toHaveCount(1);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.title()).toContain('Signalbox');
    expect(await page.evaluate(accessibilityProblems)).toEqual([]);
  });
}
