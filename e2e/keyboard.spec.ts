import type { Locator, Page } from '@playwright/test';
import { expect, test } from './product/test';

test.beforeEach(async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
});

test('reaches the content, a row, its flow and the way back without a mouse', async ({ page }) => {
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();

  await page.keyboard.press('j');
  await expect(page.locator('[data-row-link]').first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-row-link]').nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(page.locator('[data-row-link]').first()).toBeFocused();
  await expect(page.locator('[data-row-link]').first()).not.toHaveCSS('outline-style', 'none');

  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search flows' })).toBeFocused();
});

test('finds a flow through the command palette', async ({ page }) => {
  await openPalette(page);
  await page.keyboard.type('purchase order to supplier');
  await expect(choice(page)).toContainText('Purchase order to supplier');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/flows\/po-to-supplier$/);
});

test('opens a pasted trace id and changes the theme from the palette', async ({ page }) => {
  await openPalette(page);
  await page.keyboard.insertText('light theme');
  await expect(choice(page)).toContainText('Light theme');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');

  await openPalette(page);
  await page.keyboard.insertText('4bf92f3577b34da6a3ce929d0e0e4736');
  await expect(choice(page)).toContainText('Open trace 4bf92f3577b34da6a3ce929d0e0e4736');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/traces\/4bf92f3577b34da6a3ce929d0e0e4736$/);
});

test('lists the shortcuts, and switches single keys off for good', async ({ page }) => {
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'Single keys are shortcuts' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.keyboard.press('j');
  await expect(page.locator('[data-row-link]:focus')).toHaveCount(0);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
  await page.keyboard.press('?');
  await expect(dialog).toBeHidden();
});

/** Keys are heard once the page has come to life, which its first facts show. */
async function openPalette(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toContainText('healthy');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Go to' })).toBeFocused();
}

/** What Enter would choose in the command palette. */
function choice(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Go to' }).getByRole('option', { selected: true });
}
