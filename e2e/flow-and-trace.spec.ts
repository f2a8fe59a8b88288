import type { Locator, Page } from '@playwright/test';
import { expect, test } from './product/test';

const FLOW = '/flows/po-to-supplier';
const CHARTS = ['Throughput and errors', 'Latency', 'Backlog'];

test('a flow shows its contract, its hops and the last hour', async ({ page }) => {
  await page.goto(FLOW);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Purchase order to supplier');
  await expect(page.getByRole('main')).toContainText('po-to-supplier.yaml');
  await expect(page.getByRole('heading', { name: 'Supplier network', level: 3 })).toBeVisible();
  await expect(pointInTime(page, 'Throughput and errors')).toBeVisible();
  await page.getByText('Show as a table: Throughput and errors').click();
  // Newest first; in the first moments of a minute the one before is not complete either.
  await expect(page.getByRole('table', { name: 'Throughput and errors' }).getByText('still filling').first()).toBeVisible();
});

test('a hop is selected with mouse and keyboard, stands in the address, and is seen over time', async ({ page }) => {
  await page.goto(FLOW);
  const hops = page.getByRole('list', { name: 'Hops of the flow' });
  const [interfaceTable, network] = ['Purchase order interface', 'Supplier network'].map((name) => hops.getByRole('button', { name }));
  await interfaceTable!.click();
  await expect(page).toHaveURL(/[?&]hop=outbound/);
  await expect(interfaceTable!).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('heading', { name: 'Purchase order interface', level: 2, exact: true })).toBeVisible();
  for (const chart of CHARTS) await expect(pointInTime(page, chart)).toBeVisible({ timeout: 60_000 });

  await interfaceTable!.focus();
  await page.keyboard.press('ArrowRight');
  await expect(network!).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]hop=transmit/);
  await expect(page.getByRole('heading', { name: 'Supplier network', level: 2, exact: true })).toBeVisible();
  // An API has no backlog, and says so where the chart would be.
  await expect(page.getByText('Nothing waits in front of an API')).toBeVisible();

  await page.goto(`${FLOW}?hop=outbound`);
  await expect(interfaceTable!).toHaveAttribute('aria-pressed', 'true');
});

test('the charts of a hop share one point in time and one range', async ({ page }) => {
  await page.goto(`${FLOW}?hop=outbound`);
  const sliders = CHARTS.map((chart) => pointInTime(page, chart));
  for (const slider of sliders) await expect(slider).toBeVisible({ timeout: 60_000 });
  const [throughput, latency] = [sliders[0]!, sliders[1]!];
  // Minutes move on while this looks, so it asks where about the charts point, and that they agree.
  const pointed = async () => [...new Set(await Promise.all(sliders.map(async (slider) => Number(await slider.getAttribute('aria-valuenow')))))];
  const expectAllAt = (isThere: (minute: number) => boolean) => expect.poll(async () => (await pointed()).map(isThere)).toEqual([true]);

  await throughput.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('PageUp');
  await expectAllAt((minute) => minute < 20);
  await expect(throughput).toHaveAttribute('aria-valuetext', /^\d\d:\d\d: In .+, Out .+, Failed attempts /);
  await page.keyboard.press('Escape');
  await expect.poll(async () => Math.min(...(await pointed()))).toBeGreaterThan(40);
  await latency.hover();
  await expectAllAt((minute) => minute > 20 && minute < 40);

  const sixHours = page.getByRole('group', { name: 'How far back from now' }).getByRole('button', { name: '6 h' });
  await sixHours.click();
  await expect(page).toHaveURL(/[?&]range=6h/);
  await expect(throughput).toHaveAttribute('aria-valuemax', '359');
  await page.reload();
  await expect(sixHours).toHaveAttribute('aria-pressed', 'true');
  await expect(throughput).toHaveAttribute('aria-valuemax', '359');
});

test('a hop says what waits there', async ({ page }) => {
  await page.goto('/flows/replenishment-request');
  const hop = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Replenishment interface', level: 3 }) });
  await expect(hop.getByText('Waiting', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(hop.getByText('Oldest', { exact: true })).toBeVisible();
  await expect(hop.getByText('Drained', { exact: true })).toBeVisible();
});

test('an unknown flow says so', async ({ page }) => {
  await page.goto('/flows/no-such-flow');
  await expect(page.getByRole('heading', { name: 'No such flow' })).toBeVisible();
});

test('a trace opens from its flow and shows each span on demand', async ({ page }) => {
  await openRecentTrace(page);
  const grid = page.getByRole('treegrid', { name: 'Spans' });
  const rows = grid.getByRole('row').filter({ has: page.getByRole('gridcell') });
  await expect(rows.first()).toBeVisible();

  await rows.nth(1).click();
  await expect(page).toHaveURL(/span=[0-9a-f]{16}/);
  const panel = page.getByRole('complementary', { name: 'Selected span' });
  await expect(panel.getByRole('table', { name: 'Attributes' })).toBeVisible();

  await page.reload();
  await expect(panel.getByRole('table', { name: 'Resource' })).toContainText('service.name');
  await panel.getByRole('button', { name: 'Close the span' }).click();
  await expect(page).not.toHaveURL(/span=/);
});

test('the waterfall folds and steps by keyboard', async ({ page }) => {
  await openRecentTrace(page);
  const grid = page.getByRole('treegrid', { name: 'Spans' });
  const all = Number(await grid.getAttribute('aria-rowcount'));
  expect(all).toBeGreaterThan(2);

  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount'))).toBeLessThan(all);
  await page.keyboard.press('ArrowRight');
  await expect(grid).toHaveAttribute('aria-rowcount', String(all));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Selected span' })).toBeVisible();
  const active = await grid.getAttribute('aria-activedescendant');
  await expect(page.locator(`[id="${active}"]`)).toHaveAttribute('aria-selected', 'true');
});

test('looking up a trace refuses what is no id and says when there is none', async ({ page }) => {
  await page.goto('/traces');
  const field = page.getByLabel('Trace id or traceparent header');
  await field.fill('purchase order 17');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('not a trace id');

  await field.fill('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
  await page.getByRole('button', { name: 'Open' }).click();
  await expect(page).toHaveURL(/\/traces\/4bf92f3577b34da6a3ce929d0e0e4736$/);
  await expect(page.getByRole('heading', { name: 'No such trace' })).toBeVisible();
});

/** Where one points into a chart. */
function pointInTime(page: Page, chart: string): Locator {
  return page.getByRole('slider', { name: `${chart}: point in time` });
}

async function openRecentTrace(page: Page): Promise<void> {
  await page.goto(FLOW);
  const link = page.getByRole('table', { name: 'Recent traces' }).getByRole('link').last();
  await expect(link).toBeVisible({ timeout: 60_000 });
  // The list moves while it refreshes; the address is what counts.
  await page.goto((await link.getAttribute('href')) ?? '');
  await expect(page.getByRole('treegrid', { name: 'Spans' })).toBeVisible();
}
