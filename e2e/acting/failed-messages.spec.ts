import { switchFault } from '../product/sandbox-fault';
import { expect, test } from '../product/test';

const FAULT = 'item-mapping';
const FLOW = '/flows/charge-capture';

test.afterEach(() => switchFault(FAULT, false));

test('failed messages of a flow are listed with their case masked, and filtered in the address', async ({ page }) => {
  test.setTimeout(4 * 60_000);
  await switchFault(FAULT, true);
  await page.goto(FLOW);
  const rows = page.getByRole('table', { name: 'Failed messages' }).getByRole('row').filter({ hasText: 'ITEM_NOT_MAPPED' });
  await expect(rows.first()).toBeVisible({ timeout: 3 * 60_000 });
  await expect(rows.first()).toContainText('•••');
  await expect(rows.first()).toContainText('$');

  await page.getByRole('combobox', { name: 'Reason' }).selectOption('ITEM_NOT_MAPPED');
  await expect(page).toHaveURL(/reason=ITEM_NOT_MAPPED/);
  await page.goto(`${FLOW}?payer=no-such-payer`);
  await expect(page.getByRole('heading', { name: 'No failed message matches the filter' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await expect(rows.first()).toBeVisible();
});
