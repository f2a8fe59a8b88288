/** A wire between us and a broker that a test can cut or make slow. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** `cut`: connections end and new ones are refused. `stalled`: taken, but nothing comes back. */
  set(state: 'open' | 'cut' | 'stalled'): void;
  /** Connections taken so far. */
  connections(): number;
  close(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'stalled' = 'open';
  let connections = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A cut wire shows as an error on both sides.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((near) => {
    connections++;
    keep(near);
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    keep(far);
    near.on('data', (chunk: Buffer) => { if (state === 'open') far.write(chunk); });
    far.on('data', (chunk: Buffer) => { if (state === 'open') near.write(chunk); });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    port: (server.address() as AddressInfo).port,
    set(next) {
      state = next;
      if (next === 'cut') for (const socket of sockets) socket.destroy();
    },
    connections: () => connections,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };
}
