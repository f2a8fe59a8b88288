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

/** Starts the process of the applications, so that they and the tap do not share a thread. */
export async function startPublisher(amqpUrl: string): Promise<Publisher> {
  const child = fork(fileURLToPath(new URL('loader-process.ts', import.meta.url)), [amqpUrl], { execArgv: ['--import', 'tsx'] });
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
