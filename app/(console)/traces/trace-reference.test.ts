import { describe, expect, it } from 'vitest';
import { traceIdIn } from './trace-reference';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('traceIdIn', () => {
  it.each([
    [ID, ID],
    [`  ${ID.toUpperCase()} `, ID],
    [`00-${ID}-00f067aa0ba902b7-01`, ID],
    [ID.slice(1), null],
    [`${ID}0`, null],
    ['0'.repeat(32), null],
    ['', null],
    ['purchase order', null],
  ])('%o → %o', (text, id) => expect(traceIdIn(text)).toBe(id));
});
