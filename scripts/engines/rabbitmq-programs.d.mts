/** Programs of a RabbitMQ on this machine. */
export interface RabbitMqPrograms {
  server: string;
  ctl: string;
  plugins: string;
  /** Erlang's port mapper: nodes and their command line find each other through it. */
  epmd: string;
}

export const HOW_TO_GET_RABBITMQ: string;
export function findRabbitMq(environment?: NodeJS.ProcessEnv): RabbitMqPrograms | undefined;
