import { expect, test } from 'vitest';
import { welcome, type WelcomeFacts } from './welcome';

const facts: WelcomeFacts = {
  url: 'http://localhost:3000',
  newUsers: [],
  otlpUrl: 'http://127.0.0.1:4318',
  sandboxUrl: 'http://localhost:3100',
  contractsDir: '/data/contracts',
  dataDir: '/data',
  engines: ['Postgres 18.4 on 127.0.0.1:15432', 'ClickHouse 26.7.2.1 on 127.0.0.1:18123'],
  notes: [],
};

test('says where everything is and how to stop and to send', () => {
  const text = welcome(facts);
  for (const part of ['http://localhost:3000', 'http://localhost:3100', '/data/contracts', 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318', 'curl', 'Ctrl-C', ...facts.engines]) {
    expect(text).toContain(part);
  }
});

test('shows new accounts with their passwords, and says that it is the only time', () => {
  const text = welcome({ ...facts, newUsers: [{ email: 'noc@sandbox.example', role: 'noc', password: 'p4ss' }] });
  expect(text).toMatch(/noc@sandbox\.example {2}p4ss {2}noc/);
  expect(text).toContain('Shown only this once');
});

test('says what is off and how to turn it on', () => {
  const note = 'RabbitMQ in the sandbox: there is none.';
  expect(welcome({ ...facts, notes: [note] })).toContain(`Off        ${note}`);
  expect(welcome(facts)).not.toContain('Off');
});

test('later starts show no password', () => {
  expect(welcome(facts)).toContain('with the accounts of the first start');
});

test('without the sandbox there is no word of it', () => {
  expect(welcome({ ...facts, sandboxUrl: undefined })).not.toMatch(/sandbox/i);
});
