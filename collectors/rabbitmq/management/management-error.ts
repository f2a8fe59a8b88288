/** What can go wrong between us and a management API, each as a sentence that says what to do. */

export type ManagementProblem =
  | 'credentials' | 'tags' | 'forbidden' | 'not-found' | 'refused' | 'unreachable' | 'timeout' | 'closed' | 'tls'
  | 'not-management' | 'broker-error' | 'too-large';

export class ManagementError extends Error {
  readonly problem: ManagementProblem;
  /** Of the answer, where there was one. */
  readonly status: number | null;
  /** The broker's own code, e.g. `page_out_of_range`; empty where there was none. */
  readonly code: string;

  constructor(problem: ManagementProblem, message: string, { status = null, code = '' }: { status?: number | null; code?: string } = {}) {
    super(message);
    this.name = 'ManagementError';
    this.problem = problem;
    this.status = status;
    this.code = code;
  }
}

const CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED', 'CERT_SIGNATURE_FAILURE',
]);

/** @param code of the system's or Node's error @param address as people entered it, which carries no user or password */
export function connectionProblem(code: string, address: string): ManagementError {
  if (CERTIFICATE_CODES.has(code)) return new ManagementError('tls', `The certificate of ${address} is not signed by an authority that this installation trusts (${code}). Add the authority's certificate under TLS of the source.`);
  switch (code) {
    case 'CERT_HAS_EXPIRED': return new ManagementError('tls', `The certificate of ${address} has expired. Renew it on the broker.`);
    case 'CERT_NOT_YET_VALID': return new ManagementError('tls', `The certificate of ${address} is not valid yet. Compare the clocks of both machines.`);
    case 'ERR_TLS_CERT_ALTNAME_INVALID': return new ManagementError('tls', `The certificate of ${address} is for another name. Enter the name that it carries as TLS server name of the source, or use that name in the address.`);
    case 'ECONNREFUSED': return new ManagementError('refused', `Nothing listens at ${address}. Is the broker running, is its management plugin on (rabbitmq-plugins enable rabbitmq_management), and is the port right (15672, with TLS 15671)?`);
    case 'ENOTFOUND': case 'EAI_AGAIN': return new ManagementError('unreachable', `The name in ${address} cannot be resolved. Check the address and the name server.`);
    case 'EHOSTUNREACH': case 'ENETUNREACH': case 'ETIMEDOUT': return new ManagementError('unreachable', `There is no way to ${address} (${code}). Check routes and firewalls between the collectors and the broker.`);
    case 'ECONNRESET': case 'EPIPE': return new ManagementError('closed', `${address} closed the connection before it answered. Is it the port of the management API, and http or https as the broker has it?`);
    case 'EPROTO': case 'ERR_SSL_WRONG_VERSION_NUMBER': return new ManagementError('tls', `${address} does not speak TLS on this port. Use http:// or the port of the management API's TLS listener.`);
    default:
      if (code.startsWith('HPE_')) return new ManagementError('not-management', `What listens at ${address} does not speak HTTP. Is it the AMQP port? The management API has a port of its own (15672, with TLS 15671).`);
      if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return new ManagementError('tls', `TLS with ${address} failed (${code}). Check the TLS settings of both sides.`);
      return new ManagementError('unreachable', `The connection to ${address} failed (${code === '' ? 'without a code' : code}). Check that the broker can be reached from the collectors.`);
  }
}

/** An answer other than success. @param what in words for people, e.g. `queues of virtual host /claims` */
export function answerProblem(status: number, body: { error: string; reason: string } | null, address: string, what: string, verb: 'read' | 'change' = 'read'): ManagementError {
  const code = body?.error ?? '';
  const reason = body?.reason ?? '';
  const at = { status, code };
  if (status === 401 || status === 403) {
    if (/not management user/i.test(reason)) return new ManagementError('tags', `The user may log in at ${address} but not use the management API: it has no tag for it. Run: rabbitmqctl set_user_tags <user> monitoring`, at);
    if (/monitor user/i.test(reason)) return new ManagementError('forbidden', `The user may not ${verb} ${what}: it lacks the tag monitoring. Run: rabbitmqctl set_user_tags <user> monitoring`, at);
    if (/administrator|policymaker/i.test(reason)) return new ManagementError('forbidden', `The user may not ${verb} ${what}: it lacks the tag ${/policymaker/i.test(reason) ? 'policymaker' : 'administrator'}.`, at);
    if (/virtual host|vhost/i.test(reason)) return new ManagementError('forbidden', `The user may not ${verb} ${what}: it has no permission in that virtual host. Run: rabbitmqctl set_permissions -p <vhost> <user> '^$' '^$' '^$' (enough to look at depth; the message tap needs more, see the how-to)`, at);
    if (status === 401) return new ManagementError('credentials', `${address} refused the user or the password. Enter them again under Settings → Sources, and check that the user still exists on the broker.`, at);
    return new ManagementError('forbidden', `${address} refuses access to ${what} (403). If a proxy stands before the broker, let the collectors through; else give the user the permissions of the how-to.`, at);
  }
  if (status >= 300 && status < 400) return new ManagementError('not-management', `${address} sends to another address instead of answering (${status}). Enter the address of the management API itself; a sign-in page before it cannot be used.`, at);
  if (status >= 400 && status < 500 && body === null) return new ManagementError('not-management', `${address} answers, but has no management API there. Check the address with its path, and that the management plugin is on (rabbitmq-plugins enable rabbitmq_management).`, at);
  if (status === 404) return new ManagementError('not-found', `${address} does not know ${what}.`, at);
  const words = `${code} ${reason}`.trim();
  return new ManagementError('broker-error', `${address} could not answer for ${what}: ${status}${words === '' ? '' : `, ${words.slice(0, 200)}`}. It is asked again at the next look; if this stays, see the broker's log.`, at);
}
