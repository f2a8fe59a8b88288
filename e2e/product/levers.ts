import type { Locator, Page } from '@playwright/test';

/** A lever of the frame on the page of a flow that can be pulled, e.g. `Pause`. */
export function leverOf(page: Page, name: string): Locator {
  return page.getByRole('list', { name: /^Levers at/ }).getByRole('button', { name: new RegExp(`^${name} `) });
}

/** From the choose step of an open sheet to its plan; the plan is read before anything is confirmed. */
export async function planned(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.getByRole('button', { name: 'Go on to confirm' }).waitFor({ timeout: 60_000 });
}

/** Confirms the plan that is open, with whatever word it asks for; ends on the page of the operation. */
export async function confirmed(page: Page, verb: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Go on to confirm' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill(reason);
  const guard = page.getByLabel(/^Type .+ to go on$/);
  if ((await guard.count()) > 0) await guard.fill(/^Type (.+) to go on$/.exec((await page.locator(`label[for="${await guard.getAttribute('id')}"]`).textContent()) ?? '')?.[1] ?? '');
  await page.getByRole('button', { name: verb }).click();
  await page.waitForURL(/\/operations\/[0-9a-f-]{36}$/);
}
