import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outgoingConnections } from './product/connections';
import { declaredPorts } from './product/declared-sources';
import { product } from './product/product';
import { expect, test } from './product/test';

test('connects to nothing but its own stores and what sources declare', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const supervisor = JSON.parse(readFileSync(join(product().dataDir, 'run', 'supervisor.json'), 'utf8')) as { children: { name: string; pid: number }[] };
  const { postgres, clickHouse } = JSON.parse(readFileSync(join(product().dataDir, 'ports.json'), 'utf8')) as { postgres: number; clickHouse: number };
  const allowed = new Set([postgres, clickHouse, ...declaredPorts()]);
  const opened = () => supervisor.children.filter(({ name }) => name === 'collectors' || name === 'web').flatMap(({ pid }) => outgoingConnections(pid).map(({ remotePort }) => remotePort));
  // Both stores are in use, which also shows that this test can see a connection.
  await expect.poll(() => [postgres, clickHouse].every((port) => opened().includes(port)), { timeout: 30_000 }).toBe(true);
  expect(opened().filter((port) => !allowed.has(port))).toEqual([]);
});
