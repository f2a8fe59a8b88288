import type { Page } from '@playwright/test';
import { accessibilityProblems } from '../product/accessibility-problems';
import { cli } from '../product/command-line';
import { confirmed, leverOf, planned } from '../product/levers';
import { switchFault } from '../product/sandbox-fault';
import { expect, signIn, test } from '../product/test';

const FAULT = 'item-mapping';
const FLOW = '/flows/charge-capture?hop=outbox';
const REASON = 'The mapping of an item is missing';

test.describe('an engineer', () => {
  test.use({ role: 'engineer' });

  test('pauses a flow, sees it held, lets one message through and releases it', async ({ page }) => {
    test.setTimeout(6 * 60_000);
    await page.goto(FLOW);
    await leverOf(page, 'Pause').click();
    await page.getByRole('radio', { name: /^Park new messages/ }).check();
    await planned(page);
    await expect(page.getByRole('heading', { name: 'What will not happen' })).toBeVisible();
    await page.reload();
    await confirmed(page, 'Pause now', REASON);
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('HELD (verified)', { timeout: 90_000 });

    await page.goto('/');
    await expect(page.getByRole('table', { name: 'Holds and reroutes in place' })).toContainText('HELD (verified)');

    await page.goto(FLOW);
    await leverOf(page, 'Canary').click();
    await planned(page);
    await confirmed(page, 'Canary now', 'One message, to see whether it is posted');
    await expect(page.getByText('Done', { exact: true }).first()).toBeVisible({ timeout: 3 * 60_000 });

    await page.goto(FLOW);
    await leverOf(page, 'Release').click();
    await planned(page);
    await confirmed(page, 'Release now', 'The canary passed');
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('Released', { timeout: 2 * 60_000 });
  });

  test('reads and leaves a sheet by keyboard alone', async ({ page }) => {
    await page.goto(FLOW);
    await leverOf(page, 'Replay').press('Enter');
    await expect(page.getByRole('list', { name: 'Step 1 of 3: Choose' })).toBeFocused();
    await page.getByRole('button', { name: 'Make the plan' }).press('Enter');
    await expect(page.getByRole('alert').filter({ hasText: 'No plan was made' })).toBeVisible();
    expect(await page.evaluate(accessibilityProblems)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page).not.toHaveURL(/lever=/);
    await expect(leverOf(page, 'Replay')).toBeFocused();
  });
});

test.describe('two people', () => {
  test.use({ role: 'engineer' });
  test.afterEach(() => switchFault(FAULT, false));

  test('replay failed messages: one asks, the other approves on a phone', async ({ page, browser }) => {
    test.setTimeout(8 * 60_000);
    const email = 'second-person@sandbox.example';
    const password = /password (\S+)/.exec(await cli('user', 'create', '--email', email, '--role', 'approver'))?.[1] ?? '';
    await switchFault(FAULT, true);
    await page.goto(FLOW);
    const table = page.getByRole('table', { name: 'Failed messages' });
    await expect(table.getByRole('checkbox').nth(3)).toBeVisible({ timeout: 4 * 60_000 });
    await switchFault(FAULT, false);
    await table.getByRole('checkbox').nth(1).check();
    await table.getByRole('checkbox').nth(2).check();
    await page.getByRole('button', { name: 'Replay selected …' }).click();
    await expect(page.getByRole('radio', { name: 'The 2 messages that you selected' })).toBeChecked();
    // The contract demands proof that no probe of the sandbox gives.
    await page.getByText('Exceptions that need a second person').click();
    await page.getByLabel('Evidence for what no probe can tell').fill('CHG-4411, export of billing');
    await planned(page);
    await confirmed(page, 'Ask for approval', 'The mapping is back');
    await expect(page.getByText('Awaiting approval').first()).toBeVisible();

    const phone = await browser.newContext({ baseURL: new URL(page.url()).origin, viewport: { width: 390, height: 844 }, storageState: { cookies: [], origins: [] } });
    const second = await phone.newPage();
    await second.goto('/sign-in?callbackUrl=/approvals');
    await signIn(second, { email, password });
    await expect(second.getByRole('article', { name: 'Replay of Chargeable usage to billing' })).toContainText('CHG-4411, export of billing');
    expect(await second.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await second.evaluate(accessibilityProblems)).toEqual([]);
    await second.getByRole('button', { name: 'Approve …' }).click();
    await second.getByRole('button', { name: /^Approve plan / }).click();
    await expect(second.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
    await phone.close();

    await expect(page.getByText(`${email} approved it.`).first()).toBeVisible();
    await expect(page.getByRole('group', { name: 'Items by state' })).toContainText('Confirmed', { timeout: 4 * 60_000 });
  });
});

test.describe('the switch of all levers', () => {
  test.use({ role: 'engineer' });
  test.afterEach(({ page }) => enableLevers(page));

  test('disables all levers with one switch, and enables them again', async ({ page }) => {
    await page.goto('/operations');
    await page.getByRole('button', { name: 'Disable all levers …' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('The broker is being upgraded');
    await expect(page.getByRole('button', { name: 'Disable all levers', exact: true })).toBeDisabled();
    await page.getByLabel('Type disable to go on').fill('disable');
    await page.getByRole('button', { name: 'Disable all levers', exact: true }).click();
    await expect(page.getByRole('main').getByRole('alert')).toContainText('All levers are disabled');
    await page.goto(FLOW);
    await expect(page.getByRole('main').getByRole('alert')).toContainText('The broker is being upgraded');
    await expect(leverOf(page, 'Pause')).toHaveCount(0);
    await enableLevers(page);
    await expect(page.getByRole('button', { name: 'Disable all levers …' })).toBeVisible();
    await page.goto(FLOW);
    await expect(leverOf(page, 'Pause')).toBeVisible();
  });
});

/** Does nothing where they are enabled. */
async function enableLevers(page: Page): Promise<void> {
  await page.goto('/operations');
  const enable = page.getByRole('button', { name: 'Enable levers again …' });
  await enable.or(page.getByRole('button', { name: 'Disable all levers …' })).waitFor();
  if ((await enable.count()) === 0) return;
  await enable.click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('The upgrade is over');
  await page.getByRole('button', { name: 'Enable levers', exact: true }).click();
  await enable.waitFor({ state: 'detached' });
}
