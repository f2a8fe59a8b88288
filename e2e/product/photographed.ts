import { test, type Page } from '@playwright/test';

/** Keeps how a page looks at a step, dark and light, among what the test leaves. */
export async function photographed(page: Page, step: string): Promise<void> {
  // What lies under a sheet is not part of the picture.
  const isCovered = (await page.getByRole('dialog').count()) > 0;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: test.info().outputPath(`${step}-${colorScheme}.png`), fullPage: !isCovered, animations: 'disabled' });
  }
}
