import { createServer } from 'node:net';
import type { Settings } from '../settings';
import { HOST, portOf } from '../settings';
import { SYSTEMS } from '../vocabulary';

/**
 * Makes sure that every port of the sandbox is free before anything starts. The sandbox never moves to other ports by
 * itself: contracts name them.
 * @throws a sentence that names the first port in use and what to do
 */
export async function checkPorts(settings: Pick<Settings, 'controlPort' | 'basePort'>): Promise<void> {
  const wanted = [
    { what: 'the control page', port: settings.controlPort, variable: 'SANDBOX_CONTROL_PORT' },
    ...SYSTEMS.map((system) => ({ what: system, port: portOf(system, settings.basePort), variable: 'SANDBOX_BASE_PORT' })),
  ];
  for (const { what, port, variable } of wanted) {
    if (await isTaken(port)) {
      throw new Error(`Port ${port}, which the sandbox needs for ${what}, is in use. End what uses it, or set ${variable} to another port.`);
    }
  }
}

async function isTaken(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise<boolean>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(true) : reject(error)));
    probe.listen(port, HOST, () => probe.close(() => resolve(false)));
  });
}
