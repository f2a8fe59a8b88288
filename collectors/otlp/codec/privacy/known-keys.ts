/**
 * The attribute keys of OpenTelemetry's semantic conventions (current and the older names still in use) whose values
 * describe machines, software and protocols, never people or content. Everything that is not listed here is masked.
 */

/** A key passes when it is one of these, … */
const KEYS = [
  'error.type', 'exception.type', 'exception.escaped', 'peer.service', 'event.domain',
  'deployment.environment', 'deployment.environment.name',
  'url.scheme', 'url.template', 'url.domain', 'url.port',
];

/** … or lies in one of these namespaces, … */
const NAMESPACES = [
  'http', 'db', 'messaging', 'rpc', 'server', 'net', 'network', 'service', 'host', 'process', 'telemetry', 'otel', 'code',
  'thread', 'cloud', 'k8s', 'container', 'os', 'signalbox',
];

/** … unless one of its parts names content, … */
const CONTENT_PARTS = new Set([
  'annotation', 'annotations', 'args', 'arguments', 'authorization', 'body', 'command', 'command_args', 'command_line',
  'connection_string', 'content', 'cookie', 'cookies', 'email', 'environment_variable', 'error_message', 'header', 'headers',
  'key', 'owner', 'parameter', 'parameters', 'params', 'password', 'path_parts', 'payload', 'query_parameter', 'secret',
  'stacktrace', 'statement', 'status_description', 'token', 'user', 'user_agent', 'username', 'value',
]);
const CONTENT_KEYS = new Set([
  'db.query.text', 'net.peer.ip', 'net.sock.peer.addr', 'network.peer.address', 'http.client_ip', 'exception.message',
  'exception.stacktrace',
]);
const REQUEST_METADATA = /^rpc\.(.+\.)?(request|response)\.metadata\./;

/** … where a size is not content after all. */
const SIZE = /\.(size|count|length)$/;

/** Keys whose values are URLs or paths: they pass without query, user information and ids. */
const URLS = new Set(['url.full', 'url.path', 'url.original', 'http.url', 'http.target']);

export function isUrlKey(key: string): boolean {
  return URLS.has(key);
}

/** Free text that is masked even when a contract names the key: it may hold anything. */
export function isFreeTextKey(key: string): boolean {
  return key === 'exception.message' || key === 'exception.stacktrace' || key === 'db.query.text' || key === 'db.statement'
    || key.startsWith('db.query.parameter.');
}

export function isKnownKey(key: string): boolean {
  if (KNOWN.has(key)) return true;
  const dot = key.indexOf('.');
  if (dot < 0 || !KNOWN_NAMESPACES.has(key.slice(0, dot)) || CONTENT_KEYS.has(key)) return false;
  if (SIZE.test(key)) return true;
  return !key.split('.').some((part) => CONTENT_PARTS.has(part)) && !REQUEST_METADATA.test(key);
}

const KNOWN = new Set(KEYS);
const KNOWN_NAMESPACES = new Set(NAMESPACES);
