import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { ActiveFault, FaultName, FaultTarget } from '../faults/catalogue';
import { FAULT_CATALOGUE, FAULTS, isFaultName, targetOf } from '../faults/catalogue';
import { HOST } from '../settings';
import type { SystemState } from '../supervisor/supervisor';
import { CONTROL_PAGE } from './page';

const LARGEST_BODY = 4_096;

/** A fault as the control API shows it. */
export interface FaultView {
  name: FaultName;
  title: string;
  effect: string;
  targets: readonly FaultTarget[];
  on: boolean;
  /** What it is aimed at; null while off or when it concerns everything. */
  target: string | null;
  since: string | null;
}

export interface ControlActions {
  active(): Promise<ActiveFault[]>;
  /** Switches a fault on (with its target) or off, and makes every system know. */
  change(name: FaultName, change: { on: true; target: string | null } | { on: false }): Promise<void>;
  systems(): SystemState[];
}

class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Serves the sandbox's own control page and its JSON interface, on loopback only. */
export async function startControlServer(port: number, actions: ControlActions): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request, response, actions).catch((error: unknown) => {
      const status = error instanceof Refusal ? error.status : 500;
      sendJson(response, status, { error: error instanceof Error ? error.message : 'unknown error' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return server;
}

async function answer(request: IncomingMessage, response: ServerResponse, actions: ControlActions): Promise<void> {
  const operation = `${request.method} ${(request.url ?? '/').split('?')[0]}`;
  switch (operation) {
    case 'GET /':
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      }).end(CONTROL_PAGE);
      return;
    case 'GET /api/faults':
      return sendJson(response, 200, { faults: views(await actions.active()) });
    case 'POST /api/faults':
      await change(request, actions);
      return sendJson(response, 200, { faults: views(await actions.active()) });
    case 'GET /api/systems':
      return sendJson(response, 200, { systems: actions.systems() });
    default:
      throw new Refusal(404, `There is no ${operation}; the sandbox knows GET / , GET and POST /api/faults, GET /api/systems`);
  }
}

async function change(request: IncomingMessage, actions: ControlActions): Promise<void> {
  // Another site's page can post a form here, but not JSON.
  if (!request.headers['content-type']?.startsWith('application/json')) throw new Refusal(415, 'Send JSON');
  const wish = parseWish(await bodyOf(request));
  if (!isFaultName(wish.name)) throw new Refusal(400, `There is no fault "${String(wish.name)}"; possible: ${FAULTS.join(', ')}`);
  if (wish.on === false) return actions.change(wish.name, { on: false });
  if (wish.on !== true) throw new Refusal(400, '"on" must be true or false');
  if (wish.target !== undefined && typeof wish.target !== 'string') throw new Refusal(400, '"target" must be text');
  let target: string | null;
  try {
    target = targetOf(wish.name, wish.target);
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : 'The target is not known');
  }
  await actions.change(wish.name, { on: true, target });
}

function parseWish(body: string): { name?: unknown; on?: unknown; target?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    // Refused below, like any other body that is not an object.
  }
  throw new Refusal(400, 'The body must be an object like {"name": "erp-errors", "on": true}');
}

function views(active: ActiveFault[]): FaultView[] {
  return FAULTS.map((name) => {
    const on = active.find((fault) => fault.name === name);
    return { name, ...FAULT_CATALOGUE[name], on: on !== undefined, target: on?.target ?? null, since: on?.since ?? null };
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    body += chunk.toString('utf8');
    if (body.length > LARGEST_BODY) throw new Refusal(413, `The body is larger than ${LARGEST_BODY} bytes`);
  }
  return body;
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(body));
}
