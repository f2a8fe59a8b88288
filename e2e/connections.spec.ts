import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { outgoingConnections } from './product/connections';
import { product } from './product/product';
import { expect, test } from './product/test';

interface Sources {
  kind: string;
  sources?: { match: { port: number }[] }[];
}

/** Ports that the sources in force declare: the only ones of the hospital's that Signalbox may connect to. */
function declaredPorts(): Set<number> {
  const dir = join(product().dataDir, 'contracts');
  const documents = readdirSync(dir).filter((name) => name.endsWith('.yaml')).map((name) => parse(readFileSync(join(dir, name), 'utf8')) as Sources);
  return new Set(documents.flatMap((document) => (document.kind === 'Sources' ? (document.sources ?? []).flatMap((source) => source.match.map(({ port }) => port)) : [])));
}

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
