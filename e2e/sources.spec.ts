import type { Page } from '@playwright/test';
import { accessibilityProblems } from './product/accessibility-problems';
import { interfaceDatabase } from './product/declared-sources';
import { expect, test } from './product/test';

/** A collector takes a question up within a second; connecting and looking takes a few. */
const ANSWER = { timeout: 30_000 };
/** A tap starts, looks and reports every few seconds. */
const TAPPED = { timeout: 60_000 };

const SOURCE = 'Interfaces by name';
const SOURCE_PAGE = '/settings/sources/interfaces-by-name';

test.describe('a viewer', () => {
  test.use({ role: 'viewer' });

  test('sees no sources, no way to them, and who can grant it', async ({ page }) => {
    await page.goto('/settings/sources');
    await expect(page.getByRole('heading', { name: 'You may not see sources' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('sources:read');
    await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Sources' })).toHaveCount(0);
    await page.goto('/settings/sources/interface-db');
    await expect(page.getByRole('heading', { name: 'You may not see sources' })).toBeVisible();
    await page.goto('/settings/sources/new');
    await expect(page.getByRole('heading', { name: 'You may not see the form for sources' })).toBeVisible();
  });
});

test.describe('the NOC', () => {
  test.use({ role: 'noc' });

  test('sees how each tap is, but nothing to change it with', async ({ page }) => {
    test.setTimeout(2 * 60_000);
    await page.goto('/settings/sources');
    const row = page.getByRole('table', { name: 'Sources', exact: true }).getByRole('row').filter({ hasText: 'Interface database' });
    await expect(row).toContainText('Tapping', TAPPED);
    await expect(row).toContainText('levers');
    await expect(row).toContainText('declared in sources.yaml');
    await expect(page.getByRole('link', { name: 'Add a source' })).toHaveCount(0);

    await row.getByRole('link', { name: 'Interface database' }).click();
    await expect(page.getByRole('main')).toContainText('Change it there');
    await expect(page.getByRole('link', { name: 'replenishment-request' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Test connection' })).toHaveCount(0);
    await expect(page.getByRole('link', { name: 'Discover channels' })).toHaveCount(0);
  });
});

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('is told at the fields what is wrong', async ({ page }) => {
    await page.goto('/settings/sources/new');
    await page.getByLabel('Management address').fill('broker');
    await page.getByLabel('Poll interval in seconds').fill('often');
    await page.getByRole('button', { name: 'Add the source' }).click();
    await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(/must not be empty/i);
    await expect(page.getByLabel('Management address')).toHaveAccessibleDescription(/must be an address such as/i);
    await expect(page.getByLabel('Poll interval in seconds')).toHaveAccessibleDescription(/must be a whole number/i);
    await expect(page.getByLabel('Management address')).toHaveAttribute('aria-invalid', 'true');
    await expect(page).toHaveURL(/\/sources\/new/);
  });

  test('adds a source, is told of a wrong password, discovers, activates a draft and removes both', async ({ page }) => {
    test.setTimeout(5 * 60_000);
    await page.goto('/settings/sources');
    await page.getByRole('link', { name: 'Add a source' }).click();
    await fillIn(page, 'not the password');
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByRole('main')).toContainText('Not reachable', ANSWER);
    await expect(page.getByRole('main')).toContainText(/password|refuses/i);

    await page.getByLabel('Password', { exact: true }).fill(interfaceDatabase().password);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await expect(page.getByText('Yes: Reachable')).toBeVisible(ANSWER);
    await expect(page.getByRole('main')).toContainText('PostgreSQL');
    await page.getByRole('button', { name: 'Add the source' }).click();

    await expect(page).toHaveURL(new RegExp(`${SOURCE_PAGE}$`));
    await expect(page.getByRole('heading', { name: SOURCE, level: 1 })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('none: observe-only');
    await expect(page.getByText('Tapping', { exact: true })).toBeVisible(TAPPED);

    const flowId = await activateFirstDraft(page);
    await page.goto('/settings/contracts');
    const contract = page.getByRole('table', { name: 'Contracts that were activated here' }).getByRole('row').filter({ hasText: flowId });
    await expect(contract).toContainText('in force');
    await removeSourceIsRefused(page, flowId);

    await page.goto('/settings/contracts');
    await contract.getByRole('button', { name: /^Remove/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByRole('heading', { name: 'No contract was activated here yet' })).toBeVisible();

    await page.goto(SOURCE_PAGE);
    await expect(page.getByRole('heading', { name: 'No flow in force has a hop here' })).toBeVisible(ANSWER);
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await expect(page).toHaveURL(/\/settings\/sources$/);
    await expect(page.getByRole('link', { name: SOURCE })).toHaveCount(0);
  });
});

/** The same database as the sandbox's own source, by another name of this machine, so that the two are told apart. */
async function fillIn(page: Page, password: string): Promise<void> {
  const { port, database, schemas, user } = interfaceDatabase();
  await page.getByLabel('Interface tables in PostgreSQL').check();
  await page.getByLabel('Name', { exact: true }).fill(SOURCE);
  await expect(page.getByLabel('Id')).toHaveValue('interfaces-by-name');
  await page.getByLabel('System').fill('Integration engine');
  await page.getByLabel('Host').fill('localhost');
  await page.getByLabel('Port').fill(String(port));
  await page.getByLabel('Database').fill(database);
  await page.getByLabel('Schemas').fill(schemas.join('\n'));
  await page.getByLabel('Encryption').selectOption('disable');
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

/** Reviews a draft as a person does: breaks it, sees the problem at its line, mends it, activates it. Answers the flow's id. */
async function activateFirstDraft(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Discover channels' }).click();
  await page.getByRole('button', { name: 'Discover channels' }).click();
  const drafts = page.getByRole('table', { name: 'Draft contracts' }).getByRole('button', { name: /^Review/ });
  await expect(drafts.first()).toBeVisible(ANSWER);
  await expect(page.getByRole('list', { name: 'Channels' })).toContainText('Review the draft');
  expect(await page.evaluate(accessibilityProblems)).toEqual([]);
  await drafts.first().click();
  await expect(page).toHaveURL(/draft=/);
  await expect(page.getByRole('heading', { name: /guess(es)? to confirm/ })).toBeVisible();
  expect(await page.evaluate(accessibilityProblems)).toEqual([]);

  const editor = page.getByRole('textbox', { name: /as YAML$/ });
  const yaml = await editor.inputValue();
  await editor.fill(yaml.replace('lifecycle: draft', 'lifecycle: someday'));
  await expect(page.getByRole('region', { name: 'Problems' }).getByRole('button', { name: /^Line \d+$/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Activate' })).toBeDisabled();
  await editor.fill(yaml);
  await expect(page.getByText('No problems: it can be activated')).toBeVisible();

  await page.getByRole('button', { name: 'Activate' }).click();
  const dialog = page.getByRole('dialog', { name: /^Activate/ });
  await expect(dialog).toContainText('as a draft');
  await expect(dialog).toContainText('nobody a lever');
  await dialog.getByRole('button', { name: 'Activate' }).click();
  const link = page.getByRole('link', { name: 'Open the flow' });
  await expect(link).toBeVisible(ANSWER);
  await link.click();
  await expect(page.getByRole('main')).toContainText('draft');
  await expect(page.getByRole('main')).toContainText('interfaces-by-name:table:');
  return decodeURIComponent(new URL(page.url()).pathname.replace('/flows/', ''));
}

async function removeSourceIsRefused(page: Page, flowId: string): Promise<void> {
  await page.goto(SOURCE_PAGE);
  await page.getByRole('button', { name: 'Remove' }).click();
  const dialog = page.getByRole('dialog', { name: `Remove ${SOURCE}` });
  await expect(dialog).toContainText(flowId);
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(dialog.getByRole('alert')).toContainText(flowId);
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(page.getByRole('heading', { name: SOURCE, level: 1 })).toBeVisible();
}
