import { describe, expect, it } from 'vitest';
import { readTraceparent } from './trace-context';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('readTraceparent', () => {
  it.each([`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `01-${TRACE}-${SPAN}-01-more`])('reads %s', (text) => {
    expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN });
  });
  it.each([undefined, '', `ff-${TRACE}-${SPAN}-01`, `00-${'0'.repeat(32)}-${SPAN}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `00-${TRACE}-${SPAN}-01-more`, `00-${TRACE.toUpperCase()}-${SPAN}-01`, `00-${TRACE}-${SPAN}`])('refuses %s', (text) => {
    expect(readTraceparent(text)).toEqual({ traceId: '', spanId: '' });
  });
});
