import { expect, it } from 'vitest';
import { z } from 'zod';
import { connectClickHouse } from './client';

it('writes digests into a statement and nothing else', async () => {
  // Nobody listens there, and nobody is asked.
  const clickhouse = connectClickHouse('http://127.0.0.1:1', { name: 'test' });
  const ask = (set: string) => clickhouse.query({ name: 'digests', sql: 'SELECT {set:Digests}', digests: { set }, schema: z.unknown() });
  for (const set of ["' OR 1", '0A\\', '0a', 'AB, CD']) await expect(ask(set)).rejects.toThrow('The set set holds something else than digests.');
  await expect(ask('0A,FF')).rejects.toThrow('not reachable');
  await clickhouse.close();
});
