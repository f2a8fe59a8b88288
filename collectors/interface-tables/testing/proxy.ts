/** A network between tap and database that can be cut, or fall silent. */
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface TestProxy {
  port: number;
  /** Closes all connections and refuses new ones. */
  cut(isCut: boolean): void;
  /** Keeps connections and passes nothing on. */
  silence(isSilent: boolean): void;
  stop(): Promise<void>;
}

export async function startTestProxy(host: string, port: number): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  let isSilent = false;
  const join = (from: Socket, to: Socket) => {
    from.on('data', (chunk) => { if (!isSilent) to.write(chunk); });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
    sockets.add(from);
  };
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(port, host);
    join(client, upstream);
    join(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: (cut) => {
      isCut = cut;
      if (cut) dropAll();
    },
    silence: (silent) => { isSilent = silent; },
    stop: () => new Promise((resolve) => {
      dropAll();
      server.close(() => resolve());
    }),
  };
}
