import { expect, it } from 'vitest';
import { createOutageLog } from './outage-log';

it('says once that something is out, once that it is back, and nothing while all is well', () => {
  const lines: string[] = [];
  const log = createOutageLog('reading erp.po_interface', (line) => lines.push(line));
  log.succeeded();
  log.failed(new Error('connection refused'));
  log.failed(new Error('connection refused'));
  log.succeeded();
  log.succeeded();
  expect(lines).toEqual([
    'sandbox: reading erp.po_interface: connection refused; trying again',
    'sandbox: reading erp.po_interface: works again',
  ]);
});
