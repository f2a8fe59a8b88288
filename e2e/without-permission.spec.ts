import { expect, test } from './product/test';

const FLOW = '/flows/charge-capture';

test.describe('an administrator', () => {
  test.use({ role: 'admin' });

  test('does not see failed messages', async ({ page }) => {
    await page.goto(FLOW);
    await expect(page.getByRole('heading', { name: 'You may not see failed messages' })).toBeVisible();
  });
});

test.describe('a viewer', () => {
  test.use({ role: 'viewer' });

  test('sees no levers, and who can grant them', async ({ page }) => {
    await page.goto(`${FLOW}?hop=outbox`);
    await expect(page.getByText(/levers need the permission operations:plan/)).toBeVisible();
    await expect(page.getByRole('list', { name: /^Levers at/ })).toHaveCount(0);
    await page.goto('/operations');
    await expect(page.getByRole('heading', { name: 'You may not see operations' })).toBeVisible();
  });
});
