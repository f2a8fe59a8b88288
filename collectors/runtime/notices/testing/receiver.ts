/** A receiver of webhooks that does as it is told. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  delivery: string;
  signature: string;
  contentType: string;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** What it answers from now on; `silence`: it takes the request and says nothing. */
  answers(status: number | 'silence'): void;
  stop(): Promise<void>;
}

/** @param port of a former life, to come up again at the same address */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  let answer: number | 'silence' = 204;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const header = (name: string) => String(request.headers[name] ?? '');
      received.push({ delivery: header('x-signalbox-delivery'), signature: header('x-signalbox-signature'), contentType: header('content-type'), body: Buffer.concat(chunks).toString() });
      if (answer === 'silence') return;
      response.writeHead(answer, answer >= 300 && answer < 400 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received,
    answers: (status) => { answer = status; },
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
