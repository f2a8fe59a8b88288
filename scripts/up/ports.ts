import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { freePort } from '../engines/free-port';
import { UsageError } from './arguments.mjs';
import { replaceFile } from './replace-file';

/** Ports of the embedded engines, on loopback. */
export interface EnginePorts {
  postgres: number;
  clickHouse: number;
  rabbitMq: number;
  rabbitMqManagement: number;
}

const PREFERRED: EnginePorts = { postgres: 15_432, clickHouse: 18_123, rabbitMq: 15_670, rabbitMqManagement: 15_671 };

/** The engines' ports: those of the last start, else the usual ones; another free one where somebody took it. */
export async function chooseEnginePorts(file: string): Promise<EnginePorts> {
  const wanted = { ...PREFERRED, ...readPorts(file) };
  const ports: EnginePorts = {
    postgres: (await isFree(wanted.postgres)) ? wanted.postgres : await freePort(),
    clickHouse: (await isFree(wanted.clickHouse)) ? wanted.clickHouse : await freePort(),
    rabbitMq: (await isFree(wanted.rabbitMq)) ? wanted.rabbitMq : await freePort(),
    rabbitMqManagement: (await isFree(wanted.rabbitMqManagement)) ? wanted.rabbitMqManagement : await freePort(),
  };
  replaceFile(file, JSON.stringify(ports));
  return ports;
}

/**
 * Checks a port that people know and that therefore must not move.
 * @throws UsageError that names the option to change it
 */
export async function requireFreePort(port: number, host: string, option: string): Promise<void> {
  if (await isFree(port, host)) return;
  throw new UsageError(`Port ${port} on ${host} is in use by another program: stop that program or choose another port with ${option}.`);
}

function readPorts(file: string): Partial<EnginePorts> {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<EnginePorts>;
  } catch {
    return {};
  }
}

function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
