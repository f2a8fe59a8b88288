import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accessibilityProblems } from './product/accessibility-problems';
import { cli } from './product/command-line';
import { product } from './product/product';
import { accountOf, expect, test } from './product/test';

test.describe('a viewer', () => {
  test.use({ role: 'viewer' });

  test('sees no audit trail and learns who can grant it', async ({ page }) => {
    for (const path of ['/audit', '/audit/1', '/audit/reports']) {
      await page.goto(path);
      await expect(page.getByRole('heading', { name: 'You may not see the audit trail' })).toBeVisible();
      await expect(page.getByRole('main')).toContainText('audit:read');
    }
    await expect(page.getByRole('navigation', { name: 'Areas' }).first().getByRole('link', { name: 'Audit' })).toHaveCount(0);
  });
});

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('finds what was done and what was refused, looks at it, and goes back to the same list', async ({ page }) => {
    const name = `audited-${Date.now()}`;
    await cli('token', 'create', '--name', name, '--role', 'viewer');
    await expect(cli('token', 'create', '--name', name, '--role', 'viewer')).rejects.toThrow(/exists already/);

    await page.goto('/audit');
    const table = page.getByRole('table', { name: 'Audit events' });
    await expect(table).toBeVisible();
    await page.getByLabel('Subject').fill(name);
    await expect(table.getByRole('row')).toHaveCount(3);
    await expect(page).toHaveURL(new RegExp(`subject=${name}`));
    await page.getByLabel('Outcome').selectOption('refused');
    await expect(table.getByRole('row')).toHaveCount(2);
    await expect(table).toContainText(`A token named "${name}" exists already.`);
    await page.getByLabel('Outcome').selectOption('done');

    // Rows of the filter before stay until the new ones are here.
    await expect(table.getByRole('row').nth(1)).toContainText('done');
    const done = await table.getByRole('link', { name: 'token.create' }).getAttribute('href');
    await page.getByRole('heading', { name: 'Audit', level: 1 }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${done}`);
    await expect(page.getByRole('heading', { level: 1, name: 'token.create' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Before and after' }).getByRole('row').filter({ hasText: 'role' })).toContainText('viewer');
    await page.goBack();
    await expect(page.getByLabel('Subject')).toHaveValue(name);
    await expect(table.getByRole('row')).toHaveCount(2);

    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByLabel('Subject').fill('nobody-has-this');
    await expect(page.getByRole('heading', { name: 'No event meets the filter' })).toBeVisible();
    await page.getByLabel('Action').fill('DROP TABLE');
    await expect(page.getByRole('main').getByRole('alert')).toContainText('must be an action such as source.update');
  });

  test('verifies the chain and sees where its head is written', async ({ page }) => {
    await page.goto('/audit');
    await expect(page.getByRole('table', { name: 'Audit events' })).toBeVisible();
    await page.getByRole('button', { name: 'Verify the chain' }).click();
    await expect(page.getByText(/^Intact up to #\d+ of /)).toBeVisible();
    const file = join(product().dataDir, 'audit', 'anchors.jsonl');
    await expect(page.getByRole('region', { name: 'The chain' })).toContainText(`file:${file}`);
    expect(await cli('audit', 'verify', '--anchors', file)).toMatch(/^Intact: all \d+ events hold, up to #\d+ of .*\nCompared with \d+ anchors\.$/m);
  });

  test('takes along exactly what is filtered, which is an event itself', async ({ page }) => {
    await page.goto('/audit?action=user.create');
    const rows = page.getByRole('table', { name: 'Audit events' }).getByRole('row');
    await expect(rows.first()).toBeVisible();
    const shown = (await rows.count()) - 1;
    const [csv] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export CSV' }).click()]);
    const lines = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n');
    expect(lines).toHaveLength(shown + 1);
    expect(lines[0]).toMatch(/^"seq","id","at","actor"/);
    for (const line of lines.slice(1)) expect(line).toContain('"user.create"');

    const [json] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export JSON' }).click()]);
    expect(JSON.parse(await readFile(await json.path(), 'utf8'))).toMatchObject({ filter: { action: 'user.create' }, events: { length: shown } });
    await page.goto('/audit?action=audit.export');
    await expect(page.getByRole('table', { name: 'Audit events' })).toContainText(accountOf('admin').email);
  });

  test('reads who has access, and who had none before the first start', async ({ page }) => {
    await page.goto('/audit/reports');
    const report = page.getByRole('table', { name: 'Who had access' });
    for (const role of ['admin', 'noc', 'viewer'] as const) await expect(report.getByRole('row').filter({ hasText: accountOf(role).email })).toContainText('audit trail');
    await page.goto('/audit/reports?at=2020-01-01T00:00:00.000Z');
    await expect(page.getByRole('heading', { name: 'Nobody could get in at this instant' })).toBeVisible();
    await expect(page.getByRole('table', { name: 'Changes of contracts' })).toContainText('contract.in-force');
  });

  for (const path of ['/audit', '/audit/1', '/audit/reports']) {
    test(`${path} can be used without seeing it, and fits every width in both themes`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole('main').locator('[aria-busy]')).toHaveCount(0);
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      expect(await page.evaluate(accessibilityProblems)).toEqual([]);
      for (const colorScheme of ['dark', 'light'] as const) {
        await page.emulateMedia({ colorScheme });
        for (const width of [320, 390, 1280, 1920]) {
          await page.setViewportSize({ width, height: 844 });
          expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), `${width} px`).toBeLessThanOrEqual(0);
        }
      }
    });
  }
});

test('whoever lacks a permission and tries leaves an event', async ({ request }) => {
  const token = (await cli('token', 'create', '--name', `powerless-${Date.now()}`, '--role', 'viewer')).trim();
  expect((await request.delete('/api/v1/sources/interface-db', { headers: { authorization: `Bearer ${token}` } })).status()).toBe(404);
  expect(await cli('audit', 'list', '--action', 'access.denied', '--limit', '1')).toMatch(/token:powerless-\d+\s+access\.denied\s+call:removeSource\s+refused/);
});
