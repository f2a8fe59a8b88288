import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findRabbitMq } from './rabbitmq-programs.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signalbox-programs-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function programs(directory: string, ...names: string[]): string {
  const path = join(root, directory);
  mkdirSync(path, { recursive: true });
  for (const name of names) {
    writeFileSync(join(path, name), '#!/bin/sh\n');
    chmodSync(join(path, name), 0o755);
  }
  return path;
}

const find = (...path: string[]) => findRabbitMq({ NODE_ENV: 'test', PATH: path.join(':') });

test('finds the scripts of RabbitMQ behind a link on PATH, and the port mapper beside Erlang', () => {
  const sbin = programs('rabbitmq/sbin', 'rabbitmq-env', 'rabbitmq-server', 'rabbitmqctl', 'rabbitmq-plugins');
  const erlang = programs('erlang/bin', 'erl');
  const epmd = programs('erlang/erts-13.1.5/bin', 'epmd');
  const bin = programs('bin');
  symlinkSync(join(sbin, 'rabbitmq-server'), join(bin, 'rabbitmq-server'));
  expect(find(bin, erlang)).toEqual({
    server: join(sbin, 'rabbitmq-server'), ctl: join(sbin, 'rabbitmqctl'), plugins: join(sbin, 'rabbitmq-plugins'), epmd: join(epmd, 'epmd'),
  });
});

test('does not take a wrapper for RabbitMQ itself', () => {
  const bin = programs('bin', 'rabbitmq-server', 'rabbitmqctl', 'rabbitmq-plugins', 'epmd');
  expect(find(bin)?.server).not.toBe(join(bin, 'rabbitmq-server'));
});

test('without Erlang there is no RabbitMQ', () => {
  const sbin = programs('rabbitmq/sbin', 'rabbitmq-env', 'rabbitmq-server', 'rabbitmqctl', 'rabbitmq-plugins');
  expect(find(sbin)).toBeUndefined();
  expect(findRabbitMq({ NODE_ENV: 'test' })).toBeUndefined();
});
