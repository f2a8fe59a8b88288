import { accessibilityProblems } from '../product/accessibility-problems';
import { queuesNamed } from '../product/broker-queues';
import { claimsTaken } from '../product/claim-books';
import { confirmed, leverOf, planned } from '../product/levers';
import { photographed } from '../product/photographed';
import { switchFault } from '../product/sandbox-fault';
import { expect, pageAs, test } from '../product/test';

const FLOW = '/flows/claim-submit-837i?hop=outbox';
const ENROLLED = '00435';
const LONG = { timeout: 60_000 };

test.use({ role: 'engineer' });
test.afterEach(() => switchFault('item-mapping', false));

test('claims are held, go to the second clearinghouse from under the hold and back, and a message is changed before it is replayed', async ({ page, browser }) => {
  test.setTimeout(4 * 60_000);
  // What the last step changes becomes a dead letter meanwhile.
  await switchFault('item-mapping', true);
  const approver = await pageAs(browser, 'approver', { width: 390, height: 844 });
  const before = await claimsTaken('southgate');

  await test.step('the engineer holds all claims', async () => {
    await page.goto(FLOW);
    await leverOf(page, 'Pause').click();
    await page.getByRole('radio', { name: /^Park new messages/ }).check();
    await planned(page);
    await confirmed(page, 'Pause now', 'Northstar takes no claims');
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('HELD (verified)', LONG);
  });

  await test.step('the engineer asks for a reroute of those who are enrolled; everybody else stays held', async () => {
    await page.goto(FLOW);
    await leverOf(page, 'Reroute').click();
    await page.getByRole('radio', { name: /^Southgate clearinghouse.*others stay held/ }).check();
    await planned(page);
    await expect(page.getByRole('dialog')).toContainText(/Leads messages of payer aspen-mutual, payer bluestem, and payer federal-elder-care .* to Southgate clearinghouse until .*; everybody else stays held\./);
    await confirmed(page, 'Ask for approval', 'Northstar takes no claims');
  });

  await test.step('the approver is told, looks after it, and approves', async () => {
    await approver.goto('/notices');
    const notice = approver.getByRole('article', { name: 'Approval needed' }).filter({ hasText: 'reroute of Institutional claim' });
    await notice.getByRole('button', { name: /^Acknowledge/ }).click();
    await expect(notice).toContainText('Acknowledged by approver@sandbox.example');
    expect(await approver.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await approver.evaluate(accessibilityProblems)).toEqual([]);
    await photographed(approver, '01-notice');
    await approved('Reroute of Institutional claim');
  });

  await test.step('it is rerouted: on its page, in the overview, and by the books of the second clearinghouse', async () => {
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('Rerouted', LONG);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('1 rerouted');
    const inPlace = page.getByRole('table', { name: 'Holds and reroutes in place' });
    await expect(inPlace).toContainText('Rerouted');
    await expect(inPlace).toContainText('HELD (verified)');
    await expect.poll(async () => (await claimsTaken('southgate')).get(ENROLLED) ?? 0, LONG).toBeGreaterThan(before.get(ENROLLED) ?? 0);
  });

  await test.step('the engineer restores it, and sees what the alternate received', async () => {
    await page.goto(FLOW);
    await expect(page.getByRole('list', { name: /^Levers at/ }).getByRole('listitem').filter({ hasText: /^Release/ })).toContainText('Restore the reroute first');
    await leverOf(page, 'Restore').click();
    await planned(page);
    await expect(page.getByRole('dialog')).toContainText('new messages are held with the others again.');
    await confirmed(page, 'Restore now', 'Northstar takes claims again');
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('Restored', LONG);
    await expect(page.getByRole('table', { name: 'Messages that the alternate received' })).toContainText('837-');
    expect([...(await claimsTaken('southgate')).keys()].toSorted()).toEqual(expect.not.arrayContaining(['77001', '88230']));
    expect(await queuesNamed('signalbox.route.')).toEqual([]);
  });

  await test.step('the engineer releases what was held of everybody else', async () => {
    await page.goto(FLOW);
    await leverOf(page, 'Release').click();
    await planned(page);
    await confirmed(page, 'Release now', 'Northstar takes claims again');
    await expect(page.getByRole('article', { name: 'Hold at outbox' })).toContainText('Released', LONG);
    expect(await queuesNamed('signalbox.park.')).toEqual([]);
    const northstar = (await claimsTaken('clearinghouse')).get(ENROLLED) ?? 0;
    await expect.poll(async () => (await claimsTaken('clearinghouse')).get(ENROLLED) ?? 0, LONG).toBeGreaterThan(northstar);
  });

  await test.step('a message whose item is not mapped is changed, and arrives while the mapping is still missing', async () => {
    await page.goto('/flows/consumption-to-erp?hop=usage');
    const failed = page.getByRole('table', { name: 'Failed messages' }).getByRole('row').filter({ hasText: 'ITEM_NOT_MAPPED' });
    await failed.first().getByRole('checkbox').check(LONG);
    await page.getByRole('button', { name: 'Replay selected …' }).click();
    await page.getByText('Change it before it is sent').click();
    await page.getByRole('checkbox', { name: 'body:/facts/item' }).check();
    await page.getByLabel('New value').fill('SU3001');
    await photographed(page, '02-edit');
    await planned(page);
    await confirmed(page, 'Ask for approval', 'The item was recorded under a code that is no more');
    await approved('Replay of Item consumption');
    await expect(page.getByRole('group', { name: 'Items by state' })).toContainText(/Confirmed\s*1/, LONG);
  });
  await approver.context().close();

  async function approved(what: string): Promise<void> {
    await approver.goto('/approvals');
    const card = approver.getByRole('article', { name: new RegExp(`^${what}`) });
    await card.getByRole('button', { name: 'Approve …' }).click();
    await card.getByRole('button', { name: /^Approve plan / }).click();
    await expect(card).toHaveCount(0);
  }
});
