import type { ClientBase } from 'pg';

export const STREAM_CURSOR_DDL = `
  CREATE TABLE IF NOT EXISTS sandbox.stream_cursor (stream text PRIMARY KEY, next_index bigint NOT NULL)
`;

/** Takes the next position of a stream of business facts, in the caller's transaction: what rolls back is given out again. */
export async function takePosition(client: ClientBase, stream: string): Promise<number> {
  const { rows } = await client.query<{ position: string }>(
    `INSERT INTO sandbox.stream_cursor (stream, next_index) VALUES ($1, 1)
     ON CONFLICT (stream) DO UPDATE SET next_index = stream_cursor.next_index + 1
     RETURNING next_index - 1 AS position`,
    [stream],
  );
  return Number(rows[0]?.position);
}
