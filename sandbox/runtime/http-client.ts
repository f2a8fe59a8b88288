import { propagation, context, SpanKind } from '@opentelemetry/api';
import type { BusinessMessage } from '../network/message';
import type { ApiRoute } from '../network/routes';
import { HOST, portOf } from '../settings';
import { CONVENTION } from './conventions';
import { Failure } from './failure';
import { routeAttributes } from './http-server';
import type { Telemetry } from './telemetry';

const LONGEST_CALL_MS = 90_000;

/** Calls another system's HTTP interface. */
export type Call = (route: ApiRoute, message: BusinessMessage, attempt: number, parameters?: Record<string, string>) => Promise<void>;

/**
 * Makes the function that calls other systems, with a client span per try and the trace in the request's headers.
 * The call fails with the code that the other side answers, or `TARGET_UNREACHABLE`; lastingly where the other side has
 * understood it and will not have it.
 */
export function createCall({ telemetry, basePort }: { telemetry: Telemetry; basePort: number }): Call {
  return (route, message, attempt, parameters = {}) => {
    const port = portOf(route.system, basePort);
    const path = route.template.replace(/\{([^}]+)\}/g, (_placeholder, name: string) => encodeURIComponent(parameters[name] ?? ''));
    return telemetry.inSpan(
      {
        name: `${route.method} ${route.template}`,
        kind: SpanKind.CLIENT,
        attributes: {
          ...routeAttributes(route, port),
          [CONVENTION.urlTemplate]: route.template,
          ...telemetry.messageAttributes(message),
          ...telemetry.attemptAttributes(attempt),
        },
      },
      async (span) => {
        const headers: Record<string, string> = { 'content-type': 'application/json' };
        propagation.inject(context.active(), headers);
        const response = await fetch(`http://${HOST}:${port}${path}`, {
          method: route.method,
          headers,
          body: JSON.stringify(message),
          signal: AbortSignal.timeout(LONGEST_CALL_MS),
        }).catch((error: unknown) => {
          throw new Failure('TARGET_UNREACHABLE', `${route.system} did not answer: ${error instanceof Error ? error.message : 'unknown error'}`);
        });
        span.setAttribute(CONVENTION.httpStatus, response.status);
        const answer = (await response.json()) as { code?: string; message?: string };
        if (!response.ok) {
          const refusal = answer.message ?? `${route.system} refused`;
          throw new Failure(answer.code ?? `HTTP_${response.status}`, refusal, 500, isLasting(response.status) ? { isLasting: true } : {});
        }
      },
    );
  };
}

function isLasting(status: number): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}
