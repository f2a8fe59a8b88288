import { installRabbitMq } from '../engines/rabbitmq-install.mjs';
import { findRabbitMq } from '../engines/rabbitmq-programs.mjs';

/**
 * Makes sure that there is a RabbitMQ for the tests that need one; they are never skipped.
 * @returns the counts of an installation, which fails with a sentence where it is not possible
 */
export async function provideBroker(run) {
  if (findRabbitMq()) return { passed: 0, failed: 0, skipped: 0 };
  return run.work('RabbitMQ', installRabbitMq);
}
