import { expect, it } from 'vitest';
import { z } from 'zod';
import { newId } from './new-id';

it('is a UUID of version 7 that carries its time and sorts by it', () => {
  const id = newId(Date.parse('2026-11-27T14:00:00Z'));
  expect(z.uuidv7().safeParse(id).success).toBe(true);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.parse('2026-11-27T14:00:00Z'));
  expect(newId(1_000_000_000_000) < newId(2_000_000_000_000)).toBe(true);
});

it('is never the same twice', () => {
  const ids = Array.from({ length: 1000 }, () => newId(0));
  expect(new Set(ids).size).toBe(1000);
});
