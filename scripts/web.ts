/** `npm run web`: the web interface in production mode, from the last `npm run build`. PORT and HOST say where. */
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import next from 'next';

const root = fileURLToPath(new URL('..', import.meta.url));
const port = Number(process.env.PORT ?? 3000);
const hostname = process.env.HOST ?? '0.0.0.0';

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

if (!existsSync(`${root}/.next/BUILD_ID`)) fail('The web interface is not built: run npm run build first.');
if (!Number.isInteger(port) || port < 1 || port > 65_535) fail(`PORT is "${process.env.PORT}": it must be a port number.`);

const app = next({ dev: false, dir: root, hostname, port });
await app.prepare();
const handle = app.getRequestHandler();
const server = createServer((request, response) => void handle(request, response));
server.once('error', (error: NodeJS.ErrnoException) => {
  fail(
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${hostname} is in use by another program: stop it or set PORT.`
      : `The web interface cannot listen on ${hostname}:${port}: ${error.message}.`,
  );
});
server.listen(port, hostname, () => console.log(`The web interface listens on http://${hostname}:${port}`));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close(() => process.exit(0));
    // Event streams stay open as long as their page does; they reconnect after a restart.
    server.closeAllConnections();
  });
}
