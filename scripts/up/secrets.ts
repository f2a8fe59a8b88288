import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from './arguments.mjs';
import { replaceFile } from './replace-file';

/** Generated once per data directory; lost secrets cannot be made again. */
export interface Secrets {
  postgresPassword: string;
  /** Of the role that owns the tables: for migrations only. */
  databasePassword: string;
  /** Of the role that web and collectors work with. */
  databaseAppPassword: string;
  sandboxPassword: string;
  clickHouseWriterPassword: string;
  clickHouseReaderPassword: string;
  rabbitMqPassword: string;
  nextAuthSecret: string;
  /** By which the sandbox's batch jobs ask the gate. */
  sandboxGateToken: string;
  /** 32 bytes in base64: the key of tokens that stand for business keys. */
  signalboxSecret: string;
}

/** Reads the secrets of a data directory, and makes those that it does not have yet (mode 0600). */
export function loadSecrets(file: string): Secrets {
  const stored = storedSecrets(file);
  const password = (): string => randomBytes(24).toString('base64url');
  const secrets: Secrets = {
    postgresPassword: password(),
    databasePassword: password(),
    databaseAppPassword: password(),
    sandboxPassword: password(),
    clickHouseWriterPassword: password(),
    clickHouseReaderPassword: password(),
    rabbitMqPassword: password(),
    nextAuthSecret: randomBytes(32).toString('base64'),
    sandboxGateToken: `sbx_${randomBytes(32).toString('base64url')}`,
    signalboxSecret: randomBytes(32).toString('base64'),
    ...stored,
  };
  const isComplete = Object.keys(secrets).every((name) => Object.hasOwn(stored, name));
  if (!isComplete) replaceFile(file, JSON.stringify(secrets, null, 2), 0o600);
  return secrets;
}

function storedSecrets(file: string): Partial<Secrets> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>;
  } catch {
    throw new UsageError(`${file} is damaged: restore it from a backup, or start afresh with another --data-dir.`);
  }
}
