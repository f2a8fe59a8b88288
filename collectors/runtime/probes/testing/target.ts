/** A target that answers as a test tells it, and remembers what it was asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';

export interface Asked {
  method: string;
  /** As it came over the wire. */
  path: string;
  headers: IncomingMessage['headers'];
}

export interface Target {
  url: string;
  asked: Asked[];
  /** How the next and all later requests are answered. */
  answer(by: (response: ServerResponse, request: IncomingMessage) => unknown): void;
  close(): Promise<void>;
}

export async function startTarget(): Promise<Target> {
  const asked: Asked[] = [];
  let by: (response: ServerResponse, request: IncomingMessage) => unknown = (response) => response.writeHead(404).end();
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers });
    by(response, request);
  });
  const url = await listen(server);
  return {
    url, asked,
    answer: (next) => { by = next; },
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

/** Says these bytes to whoever connects and, unless it goes on, hangs up. */
export async function startRawTarget(bytes: string, { hangsUp }: { hangsUp: boolean }): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => (hangsUp ? socket.end(bytes) : socket.write(bytes)));
  });
  const url = await listen(server);
  return {
    url,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
  };
}

async function listen(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
