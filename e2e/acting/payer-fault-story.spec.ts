import type { Browser, Page } from '@playwright/test';
import { accessibilityProblems } from '../product/accessibility-problems';
import { queuesNamed, waitingIn } from '../product/broker-queues';
import { chargesSent, proceduresRecorded, timesBooked } from '../product/charge-books';
import { cli } from '../product/command-line';
import { confirmed, leverOf, planned } from '../product/levers';
import { photographed } from '../product/photographed';
import { product } from '../product/product';
import { switchFault } from '../product/sandbox-fault';
import { expect, signIn, test } from '../product/test';

const FAULT = 'payer-charges-rejected';
const PAYER = { id: 'bluestem', name: 'Bluestem Health Plan' };
/** Alone, or nearly: failures of the minutes before the story, of other tests, belong to other payers. */
const BLAMED = new RegExp(`(only payer|of failures for payer) ${PAYER.name}`);
const FLOW = { name: 'Chargeable usage to billing', path: '/flows/charge-capture?hop=outbox' };
const DEAD_LETTERS = 'billing.charges.dead';
/** People of earlier runs stay. */
const RUN = Date.now().toString(36);
const emailOf = (name: string) => `${name}-${RUN}${test.info().repeatEachIndex}@sandbox.example`;
const LONG = { timeout: 90_000 };

// The pictures of the steps tell what happened, and a trace of all pages that refresh themselves is large.
test.use({ role: null });
test.afterEach(() => switchFault(FAULT, false));

test('posting fails for one payer: pause, canary, ramp and replay, and every charge is booked once', async ({ browser }) => {
  test.setTimeout(10 * 60_000);
  const engineer = await somebody(browser, 'nora', 'engineer,approver', { width: 1440, height: 900 });
  const approver = await somebody(browser, 'ben', 'approver', { width: 390, height: 844 });
  const [deadBefore, firstProcedure] = [await waitingIn(DEAD_LETTERS), await proceduresRecorded()];
  const hold = engineer.getByRole('article', { name: 'Hold at outbox' });
  let replayPage = '';

  await test.step('billing rejects the charges of one payer, and the overview names it', async () => {
    await switchFault(FAULT, true);
    await engineer.goto('/');
    const row = engineer.getByRole('table', { name: /^Flows that are not healthy/ }).getByRole('row').filter({ hasText: FLOW.name });
    await expect(row).toContainText('Failing', LONG);
    await expect(row).toContainText(BLAMED, LONG);
    await photographed(engineer, '01-overview-failing');
    await row.getByRole('link', { name: FLOW.name }).click();
    await expect(engineer.getByRole('heading', { level: 1 })).toContainText(FLOW.name);
    await expect(engineer.getByText(BLAMED).first()).toBeVisible();
  });

  await test.step('the page of the flow lists what was given up', async () => {
    await engineer.goto(FLOW.path);
    const failed = engineer.getByRole('table', { name: 'Failed messages' }).getByRole('row').filter({ hasText: 'CHARGE_REJECTED' });
    await expect(failed.first()).toContainText(PAYER.id, LONG);
    await photographed(engineer, '02-flow-failing');
  });

  await test.step('the engineer pauses the flow and sees it held, measured', async () => {
    await leverOf(engineer, 'Pause').click();
    await engineer.getByRole('radio', { name: /^Park new messages/ }).check();
    await photographed(engineer, '03-pause-choose');
    await planned(engineer);
    await photographed(engineer, '04-pause-plan');
    await confirmed(engineer, 'Pause now', `Billing rejects ${PAYER.name}`);
    await expect(hold).toContainText('HELD (verified)', LONG);
    await photographed(engineer, '05-held');
  });
  const [parkQueue = ''] = await queuesNamed('signalbox.park.');

  await test.step('the fault is found and fixed while nothing passes', async () => {
    await switchFault(FAULT, false);
    await engineer.goto(FLOW.path);
    await expect(engineer.getByText(/^HELD \(verified\): park new messages/).first()).toBeVisible(LONG);
    await photographed(engineer, '06-flow-held');
  });

  await test.step('one message of the payer passes as a canary, and is booked', async () => {
    await leverOf(engineer, 'Canary').click();
    await engineer.getByRole('radio', { name: /^Of one payer/ }).check();
    await engineer.getByRole('dialog').getByRole('combobox', { name: 'Payer' }).fill(PAYER.id);
    await engineer.getByRole('dialog').getByLabel('How many, at most').fill('1');
    // Until one of the payer has come in, a plan reaches none: then the engineer looks again.
    const change = engineer.getByRole('button', { name: 'Choose differently' });
    await expect(async () => {
      if (await change.isVisible()) await change.click();
      await plannedCounting(engineer, parkQueue, /([\d,]+) messages? waits? there now/);
      expect(await engineer.getByRole('dialog').getByRole('definition').first().textContent()).toBe('1');
    }).toPass(LONG);
    await photographed(engineer, '07-canary-plan');
    await confirmed(engineer, 'Canary now', 'The payer is accepted again');
    await expect(engineer.getByRole('group', { name: 'Items by state' })).toContainText(/Confirmed\s*1/, LONG);
    await expect(engineer.getByText('Done', { exact: true }).first()).toBeVisible(LONG);
    await photographed(engineer, '08-canary-confirmed');
  });

  await test.step('what was held goes on in steps, each only after the one before was good', async () => {
    await engineer.getByRole('link', { name: 'Release …' }).click();
    await engineer.getByRole('radio', { name: /^In steps/ }).check();
    await plannedCounting(engineer, parkQueue, /It reaches ([\d,]+) messages?/);
    await photographed(engineer, '09-release-plan');
    await confirmed(engineer, 'Release now', 'The canary passed');
    await expect(hold).toContainText('Released', LONG);
    const steps = engineer.getByRole('list', { name: 'Steps' }).getByRole('listitem');
    for (const [index, percent] of [1, 10, 100].entries()) await expect(steps.nth(index)).toHaveText(new RegExp(`^${percent} %Good`));
    await photographed(engineer, '10-released');
    expect(await queuesNamed('signalbox.park.')).toEqual([]);
  });

  const dead = (await waitingIn(DEAD_LETTERS)) - deadBefore;
  await test.step('the engineer asks to replay the dead letters, and cannot approve it alone', async () => {
    await engineer.goto(FLOW.path);
    await leverOf(engineer, 'Replay').click();
    await engineer.getByRole('radio', { name: 'Those that match a filter' }).check();
    await engineer.getByRole('dialog').getByRole('combobox', { name: 'Reason' }).fill('CHARGE_REJECTED');
    await engineer.getByRole('dialog').getByRole('combobox', { name: 'Payer' }).fill(PAYER.id);
    await planned(engineer);
    await expect(engineer.getByRole('dialog')).toContainText(`Replays ${dead} messages`);
    await photographed(engineer, '11-replay-plan');
    await confirmed(engineer, 'Ask for approval', 'Billing takes the charges of the payer again');
    await expect(engineer.getByText('You asked for this operation yourself; another person has to decide.')).toBeVisible();
    await photographed(engineer, '12-replay-awaits-approval');
    replayPage = new URL(engineer.url()).pathname;
  });

  await test.step('another person approves it on a phone', async () => {
    await approver.goto('/approvals');
    const card = approver.getByRole('article', { name: `Replay of ${FLOW.name}` });
    await expect(card).toContainText(`Replays ${dead} messages`);
    expect(await approver.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await approver.evaluate(accessibilityProblems)).toEqual([]);
    await photographed(approver, '13-approval');
    await card.getByRole('button', { name: 'Approve …' }).click();
    await card.getByRole('button', { name: /^Approve plan / }).click();
    await expect(approver.getByRole('heading', { name: 'Nothing waits for you' })).toBeVisible();
  });

  await test.step('every dead letter is confirmed by what billing did', async () => {
    await expect(engineer.getByText(`${emailOf('ben')} approved it.`).first()).toBeVisible(LONG);
    await expect(engineer.getByRole('group', { name: 'Items by state' })).toContainText(new RegExp(`^All\\s*Confirmed\\s*${dead}$`), LONG);
    await photographed(engineer, '14-replay-confirmed');
    expect(await waitingIn(DEAD_LETTERS)).toBe(deadBefore);
  });

  await test.step('billing has booked every charge, and none twice', async () => {
    const sent = chargesSent(firstProcedure, await proceduresRecorded());
    await expect.poll(async () => {
      const booked = await timesBooked(sent);
      return sent.filter(({ charge }) => !booked.has(charge)).length;
    }, LONG).toBe(0);
    const booked = await timesBooked(sent);
    expect(sent.filter(({ charge }) => booked.get(charge) !== 1)).toEqual([]);
  });

  await test.step('the audit trail has every act, and its chain is intact', async () => {
    const auditor = await somebody(browser, 'uma', 'auditor', { width: 1440, height: 900 });
    await auditor.goto(`/audit?subject=operation:${replayPage.split('/').at(-1) ?? ''}`);
    const events = auditor.getByRole('table', { name: 'Audit events' });
    await expect(events).toContainText(emailOf('ben'));
    await auditor.getByRole('button', { name: 'Verify the chain' }).click();
    await expect(auditor.getByText(/^Intact up to #\d+ of /)).toBeVisible();
    await photographed(auditor, '15-audit');
    await auditor.context().close();
  });
  await Promise.all([engineer, approver].map((page) => page.context().close()));
});

/** A person of the hospital, new with these roles and signed in, at a screen of this size. */
async function somebody(browser: Browser, name: string, roles: string, viewport: { width: number; height: number }): Promise<Page> {
  const email = emailOf(name);
  const password = /password (\S+)/.exec(await cli('user', 'create', '--email', email, '--role', roles))?.[1] ?? '';
  const context = await browser.newContext({ baseURL: product().url, viewport, colorScheme: 'dark', storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await signIn(page, { email, password });
  await page.waitForURL((url) => url.pathname === '/');
  return page;
}

/** Makes the plan of an open sheet. Messages arrive meanwhile: it names as many as waited in the queue then, no fewer than before and no more than after. */
async function plannedCounting(page: Page, queue: string, words: RegExp): Promise<void> {
  const before = await waitingIn(queue);
  await planned(page);
  const counted = words.exec(await page.getByRole('dialog').innerText())?.[1];
  expect(Number(counted?.replaceAll(',', '')), counted).toBeGreaterThanOrEqual(before);
  expect(Number(counted?.replaceAll(',', '')), counted).toBeLessThanOrEqual(await waitingIn(queue));
}
