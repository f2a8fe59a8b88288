import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { product } from './product';

/** As the role that owns the sandbox's database: the systems' own books, of which Signalbox sees nothing. */
export async function askSandbox<Row extends object>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
  const read = (name: string) => JSON.parse(readFileSync(join(product().dataDir, name), 'utf8')) as Record<string, string>;
  const client = new Client({ host: '127.0.0.1', port: Number(read('ports.json')['postgres']), database: 'sandbox', user: 'sandbox', password: read('secrets.json')['sandboxPassword'] });
  await client.connect();
  try {
    return (await client.query<Row>(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}
