import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSupervisorReport } from './supervisor-report';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signalbox-supervisor-report-'));
  file = join(directory, 'supervisor.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const child = (name: string, restarts: number) => ({ name, status: 'running', restarts });

test('says which processes were restarted, and what is off', async () => {
  const note = 'RabbitMQ in the sandbox: there is none.';
  writeFileSync(file, JSON.stringify({ updatedAt: '2026-03-01T00:00:00Z', notes: [note], children: [child('web', 0), child('collectors', 2)] }));
  expect(await readSupervisorReport(file)).toMatchObject({
    status: 'ok', summary: `Restarted: collectors 2 times. ${note}`, reportedAt: '2026-03-01T00:00:00Z',
  });
});

test('understands a report without notes, and says when it understands none', async () => {
  writeFileSync(file, JSON.stringify({ children: [child('web', 0)] }));
  expect(await readSupervisorReport(file)).toMatchObject({ summary: '1 process, none restarted.' });
  writeFileSync(file, '{');
  expect(await readSupervisorReport(file)).toMatchObject({ status: 'warning' });
  expect(await readSupervisorReport(undefined)).toBeNull();
});
