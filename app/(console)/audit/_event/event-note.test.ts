import { expect, it } from 'vitest';
import { eventNote } from './event-note';

it.each([
  [{ reason: 'ERP is down', before: null, after: { version: '1.0.0' } }, 'ERP is down'],
  [{ reason: null, before: null, after: { version: '1.0.0' } }, 'version 1.0.0'],
  [{ reason: null, before: { version: '1.0.0' }, after: { version: '1.1.0' } }, 'version 1.0.0 to 1.1.0'],
  [{ reason: null, before: { version: '1.0.0' }, after: null }, 'version 1.0.0 before'],
  [{ reason: null, before: { enabled: true }, after: ['version'] }, null],
])('%j → %s', (event, note) => {
  expect(eventNote(event)).toBe(note);
});
