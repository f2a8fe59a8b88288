import { accountOf, expect, signIn, test } from './product/test';

test.use({ role: null });

test('asks strangers to sign in and takes them where they wanted to go', async ({ page }) => {
  await page.goto('/settings/health?from=bookmark');
  await expect(page).toHaveURL(/\/sign-in\?callbackUrl=%2Fsettings%2Fhealth/);
  await signIn(page, accountOf('noc'));
  await expect(page).toHaveURL(/\/settings\/health\?from=bookmark$/);
  await expect(page.getByRole('heading', { name: 'Health of Signalbox', level: 1 })).toBeVisible();
});

test('says one sentence for every refusal, without moving anything', async ({ page }) => {
  const known = accountOf('viewer');
  const sentences: (string | null)[] = [];
  for (const email of [known.email, 'nobody@sandbox.example']) {
    await page.goto('/sign-in');
    const button = page.getByRole('button', { name: 'Sign in', exact: true });
    const before = await button.boundingBox();
    await signIn(page, { email, password: 'not the password' });
    await expect(page.getByRole('main').getByRole('alert')).toContainText('Signing in did not work');
    sentences.push(await page.getByRole('main').getByRole('alert').textContent());
    await expect(button).toBeEnabled();
    expect(await button.boundingBox()).toEqual(before);
    await expect(page).toHaveURL(/\/sign-in/);
  }
  expect(sentences[0]).toBe(sentences[1]);
});

test('sends nobody to a foreign site after signing in', async ({ page, baseURL }) => {
  await page.goto('/sign-in?callbackUrl=https%3A%2F%2Felsewhere.example%2F');
  await signIn(page, accountOf('engineer'));
  await expect(page).toHaveURL(`${baseURL}/`);
});

test('signs out', async ({ page }) => {
  await page.goto('/sign-in');
  await signIn(page, accountOf('supply'));
  await page.getByRole('button', { name: 'Supply-chain leader' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
});
