/** Values that somebody writes into a message: they may name a patient, so they are sealed, and everything else holds digests. */
import { createHmac, hkdfSync } from 'node:crypto';
import { z } from 'zod';
import { createTextBox } from '../sealed-text';
import { editChange, type EditChange } from './edit';

export interface EditVault {
  seal(operationId: string, changes: readonly EditChange[]): string;
  /** Null where it cannot be opened: another secret, another operation, or changed. */
  open(operationId: string, sealed: string): EditChange[] | null;
  /** Keyed, so that nobody finds a value by trying; the same value in two operations has two digests. @returns hex */
  digest(operationId: string, change: EditChange): string;
}

const stored = z.array(editChange);

/** @param secret the installation's secret, at least 32 bytes */
export function createEditVault(secret: Uint8Array): EditVault {
  const box = createTextBox(secret, 'signalbox edits of messages');
  const key = Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), 'signalbox digests of edits', 32));
  return {
    seal: (operationId, changes) => box.seal(JSON.stringify(changes), operationId),
    open(operationId, sealed) {
      const clear = box.open(sealed, operationId);
      return clear === null ? null : stored.parse(JSON.parse(clear));
    },
    digest: (operationId, { at, to }) => createHmac('sha256', key).update(JSON.stringify([operationId, at, to])).digest('hex'),
  };
}
