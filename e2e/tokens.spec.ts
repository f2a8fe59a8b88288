import { expect, test } from './product/test';

test.describe('a viewer', () => {
  test.use({ role: 'viewer' });

  test('sees no tokens and learns who can grant it', async ({ page }) => {
    await page.goto('/settings/tokens');
    await expect(page.getByRole('heading', { name: 'You may not see API tokens' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('tokens:read');
    await expect(page.getByRole('main')).toContainText('An administrator can grant it');
    await expect(page.getByRole('button', { name: 'Make a token' })).toHaveCount(0);
  });

  test('sees flows but not their traces', async ({ page }) => {
    await page.goto('/flows/po-to-supplier');
    await expect(page.getByRole('heading', { name: 'You may not see traces' })).toBeVisible();
    await page.goto('/traces/4bf92f3577b34da6a3ce929d0e0e4736');
    await expect(page.getByRole('heading', { name: 'You may not see traces' })).toBeVisible();
  });
});

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('makes a token, sees it once, uses it and revokes it', async ({ page, request }) => {
    const name = `nightly-report-${Date.now()}`;
    await page.goto('/settings/tokens');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a token' });
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const secret = (await dialog.getByRole('status').filter({ hasNotText: 'shown only now' }).textContent()) ?? '';
    const bearer = { headers: { authorization: `Bearer ${secret}` } };
    expect((await request.get('/api/v1/flows', bearer)).status()).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await expect(page.getByText(secret)).toHaveCount(0);

    const row = page.getByRole('row').filter({ hasText: name });
    await expect(row).toContainText('in 89 d');
    await row.getByRole('button', { name: `Revoke ${name}` }).click();
    await page.getByRole('dialog', { name: `Revoke ${name}` }).getByRole('button', { name: 'Revoke' }).click();
    await expect(row).toContainText('revoked');
    expect((await request.get('/api/v1/flows', bearer)).status()).toBe(401);
  });
});
