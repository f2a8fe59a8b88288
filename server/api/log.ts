import pino from 'pino';

const logger = pino({ name: 'web' });

/** Writes down what the caller is not told. Only name and message: parameters may hold protected health information. */
export function logFailure(failure: { what: string; requestId: string | null; error: unknown }): void {
  const { what, requestId, error } = failure;
  const causes = [];
  for (let cause: unknown = error; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(`${cause.name}: ${cause.message.split('\n', 1)[0]!.slice(0, 300)}`);
  logger.error({ what, requestId, causes }, 'a request failed');
}
