/** One copy as contracts look at it. */
import type { Message } from 'amqplib';
import { isUtf8 } from 'node:buffer';
import type { TapFacts } from '@/server/domain/mapping/tap-mapper';
import { headerText } from './header-text';

/** Larger bodies are not parsed: a tap must not spend its time on one message. */
const LARGEST_BODY = 1024 * 1024;

/** Properties that contracts read like headers of this name, where no header has it. */
const PROPERTIES: Readonly<Record<string, keyof Message['properties']>> = {
  message_id: 'messageId', correlation_id: 'correlationId', type: 'type', app_id: 'appId', content_type: 'contentType',
  content_encoding: 'contentEncoding', reply_to: 'replyTo', user_id: 'userId', expiration: 'expiration', priority: 'priority',
};

export class MessageFacts implements TapFacts {
  readonly routingKey: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Headers, properties or the body that a contract asked for and that could not be understood. */
  readonly notUnderstood = new Set<string>();
  #body: { value: unknown } | null = null;

  /** @param mayReadBody whether a contract reads fields from it */
  constructor(private readonly message: Message, routingKey: string, private readonly mayReadBody: boolean) {
    this.routingKey = routingKey;
    this.headers = message.properties.headers ?? {};
  }

  header(name: string): string | undefined {
    const property = PROPERTIES[name];
    const value: unknown = Object.hasOwn(this.headers, name) ? this.headers[name] : property && this.message.properties[property];
    const text = headerText(value);
    if (text === null) this.notUnderstood.add(`header ${name}`);
    return text ?? undefined;
  }

  column(): undefined {
    return undefined;
  }

  body(): unknown {
    if (!this.mayReadBody) return undefined;
    this.#body ??= { value: this.#parse() };
    return this.#body.value;
  }

  #parse(): unknown {
    const { content, properties } = this.message;
    if (content.length === 0 || content.length > LARGEST_BODY) return undefined;
    try {
      if (properties.contentEncoding && properties.contentEncoding !== 'utf-8') throw new Error('The body is compressed.');
      if (!isUtf8(content)) throw new Error('The body is no UTF-8.');
      return JSON.parse(content.toString('utf8'));
    } catch {
      this.notUnderstood.add('body');
      return undefined;
    }
  }
}
