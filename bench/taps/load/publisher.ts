import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface PublishOrder { exchange: string; queue: string; count: number }
export interface PublishAnswer { seconds: number; bytes: number }

export interface Publisher {
  pid: number;
  publish(order: PublishOrder): Promise<PublishAnswer>;
  stop(): Promise<void>;
}

/** The environment variable by which the process of the applications gets the broker's address. */
export const LOADER_AMQP_URL = 'LOADER_AMQP_URL';

/** Starts the process of the applications, so that they and the tap do not share a thread. */
export async function startPublisher(amqpUrl: string): Promise<Publisher> {
  const child = fork(fileURLToPath(new URL('loader-process.ts', import.meta.url)), [], {
    // Not as an argument: those stand in the list of processes, and the address carries a password.
    execArgv: ['--import', 'tsx'], env: { ...process.env, [LOADER_AMQP_URL]: amqpUrl },
  });
  await once(child, 'message');
  return {
    pid: child.pid!,
    async publish(order) {
      const answer = once(child, 'message');
      child.send(order);
      return ((await answer) as [PublishAnswer])[0];
    },
    async stop() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
