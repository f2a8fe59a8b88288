import { expect, test } from 'vitest';
import type { AuditEventView } from './audit-event-view';
import { auditCsv, auditJson } from './audit-export';

const event: AuditEventView = {
  seq: '12', id: 'id', at: '2026-01-05T08:00:00.000Z', actor: 'user:ada@hospital.example', actorUser: null, grants: [], action: 'source.update', subject: 'source:rabbit-main', flowId: null,
  outcome: 'refused', reason: 'It said "no",\nthen left', ticket: null, planHash: null, before: null, after: { enabled: true }, previousHash: 'p', hash: 'h',
};

test('CSV quotes every cell, doubles quotes and keeps line breaks inside', () => {
  expect(auditCsv([event])).toBe(
    '"seq","id","at","actor","actorUser","grants","action","subject","flowId","outcome","reason","ticket","planHash","before","after","previousHash","hash"\r\n'
    + '"12","id","2026-01-05T08:00:00.000Z","user:ada@hospital.example","","[]","source.update","source:rabbit-main","","refused","It said ""no"",\nthen left","","","","{""enabled"":true}","p","h"\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '  =HYPERLINK("http://x")', '|cmd'])('a spreadsheet takes %j for text', (reason) => {
  expect(auditCsv([{ ...event, reason }])).toContain(`"'${reason.replaceAll('"', '""')}"`);
});

test('JSON says what was asked, and keeps every event whole', () => {
  const told = { filter: { outcome: 'refused' }, exportedAt: '2026-01-05T09:00:00.000Z', exportedBy: 'user:ada@hospital.example' };
  expect(JSON.parse(auditJson(told, [event]))).toEqual({ ...told, events: [event] });
});
