import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { SpanKind } from '@opentelemetry/api';
import type { BusinessMessage } from '../network/message';
import { messageFrom } from '../network/message';
import type { ApiRoute } from '../network/routes';
import { HOST } from '../settings';
import type { Faults } from './active-faults';
import { CONVENTION } from './conventions';
import type { ServedLookup } from './lookups';
import { answerLookup } from './lookups';
import { Failure, failureCode } from './failure';
import type { Telemetry } from './telemetry';
import { contextOf } from './telemetry';

const LARGEST_BODY = 64 * 1024;

export interface ServedRoute {
  route: ApiRoute;
  handle(message: BusinessMessage): Promise<void>;
}

/** Serves a system's HTTP interface with server spans in the caller's trace. Rejects when the port is taken. */
export async function serve(
  { routes, lookups, port, telemetry, faults }: {
    routes: readonly ServedRoute[]; lookups: readonly ServedLookup[]; port: number; telemetry: Telemetry; faults: Faults;
  },
): Promise<Server> {
  const served = routes.map((entry) => ({ ...entry, pattern: patternOf(entry.route.template) }));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (request.method === 'GET' || request.method === 'HEAD') {
      await faults.slowdown();
      const found = await answerLookup(lookups, path);
      // Never answered: who asked ends it.
      return found === 'silence' ? undefined : reply(response, found.status, found.body);
    }
    const match = served.find(({ route, pattern }) => route.method === request.method && pattern.test(path));
    if (match === undefined) {
      request.resume();
      return reply(response, 404, { code: 'NOT_FOUND', message: 'There is no such resource' });
    }
    const message = messageFrom(JSON.parse(await bodyOf(request)));
    const { traceparent, tracestate } = request.headers;
    try {
      await telemetry.inSpan(
        {
          name: `${match.route.method} ${match.route.template}`,
          kind: SpanKind.SERVER,
          parent: contextOf({ traceparent: String(traceparent ?? ''), tracestate: tracestate?.toString() }),
          attributes: { ...routeAttributes(match.route, port), ...telemetry.messageAttributes(message) },
        },
        async (span) => {
          await faults.slowdown();
          try {
            await match.handle(message);
            span.setAttribute(CONVENTION.httpStatus, 201);
          } catch (error) {
            span.setAttribute(CONVENTION.httpStatus, error instanceof Failure ? error.status : 500);
            throw error;
          }
        },
      );
      reply(response, 201, { accepted: message.facts.messageId });
    } catch (error) {
      const text = error instanceof Error ? error.message : 'unknown error';
      reply(response, error instanceof Failure ? error.status : 500, { code: failureCode(error), message: text });
    }
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      reply(response, 400, { code: 'BAD_REQUEST', message: error instanceof Error ? error.message : 'unreadable request' });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  return server;
}

/** What client and server spans of one interface have in common. */
export function routeAttributes(route: ApiRoute, port: number) {
  return {
    [CONVENTION.httpMethod]: route.method,
    [CONVENTION.httpRoute]: route.template,
    [CONVENTION.urlScheme]: 'http',
    [CONVENTION.serverAddress]: HOST,
    [CONVENTION.serverPort]: port,
  };
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Error(`The body is larger than ${LARGEST_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
