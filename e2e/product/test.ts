import { test as base, type Browser, type Page } from '@playwright/test';
import { product, type Role } from './product';

interface Options {
  /** Who looks at the pages; null for nobody. */
  role: Role | null;
}

type Session = Awaited<ReturnType<Awaited<ReturnType<Browser['newContext']>>['storageState']>>;

const sessions = new Map<Role, Session>();

/** Tests that open pages of the running product, signed in as somebody. */
export const test = base.extend<Options>({
  role: ['noc', { option: true }],
  baseURL: async ({ role: _anybody }, provide) => provide(product().url),
  storageState: async ({ browser, role }, provide) => provide(role === null ? { cookies: [], origins: [] } : await sessionOf(browser, role)),
});

export { expect } from '@playwright/test';

/** The account of a role. */
export function accountOf(role: Role): { email: string; password: string } {
  const account = product().accounts.find((candidate) => candidate.role === role);
  if (account === undefined) throw new Error(`The product has no account with the role ${role}.`);
  return account;
}

/** Fills in the sign-in page as a person does. */
export async function signIn(page: Page, account: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** A page of somebody else beside the test's own, at a screen of this size; close its context. */
export async function pageAs(browser: Browser, role: Role, viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({ baseURL: product().url, viewport, colorScheme: 'dark', storageState: await sessionOf(browser, role) });
  return context.newPage();
}

async function sessionOf(browser: Browser, role: Role): Promise<Session> {
  const known = sessions.get(role);
  if (known !== undefined) return known;
  const context = await browser.newContext({ baseURL: product().url, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await signIn(page, accountOf(role));
  await page.getByRole('main').waitFor();
  await page.waitForURL((url) => url.pathname === '/');
  const session = await context.storageState();
  await context.close();
  sessions.set(role, session);
  return session;
}
