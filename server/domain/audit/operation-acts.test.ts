import { expect, test } from 'vitest';
import { requestAction } from '../operations/kinds';
import { operationActs } from './operation-acts';

const told = { flowId: 'orders', outcome: 'done' as const, reason: null, ticket: null };
const minute = (n: number) => `2026-01-05T08:0${n}:00.000Z`;

test('an operation with everybody who had a part in it, the newest first', () => {
  expect(operationActs([
    { ...told, at: minute(0), actor: 'user:ada', action: requestAction('pause'), subject: 'operation:1', reason: 'ERP is down', ticket: 'INC-1' },
    { ...told, at: minute(1), actor: 'user:ada', action: 'operation.confirm', subject: 'operation:1', reason: 'ERP is down' },
    { ...told, at: minute(2), actor: 'user:ada', action: 'operation.approve', subject: 'operation:1', outcome: 'refused', reason: 'Nobody approves what they asked for.' },
    { ...told, at: minute(3), actor: 'user:bea', action: 'operation.approve', subject: 'operation:1' },
    { ...told, at: minute(4), actor: 'user:cy', action: 'operation.confirm-in-emergency', subject: 'operation:2' },
    { ...told, at: minute(5), actor: 'system:collectors', action: 'operation.end', subject: 'operation:1' },
  ])).toEqual([
    { subject: 'operation:2', flowId: 'orders', from: minute(4), until: minute(4), requestedBy: [], confirmedBy: ['user:cy'], approvedBy: [], emergency: true, tickets: [], reasons: [], refusals: [], lastAction: 'operation.confirm-in-emergency' },
    {
      subject: 'operation:1', flowId: 'orders', from: minute(0), until: minute(5), requestedBy: ['user:ada'], confirmedBy: ['user:ada'], approvedBy: ['user:bea'], emergency: false,
      tickets: ['INC-1'], reasons: ['ERP is down'], refusals: ['Nobody approves what they asked for.'], lastAction: 'operation.end',
    },
  ]);
});
