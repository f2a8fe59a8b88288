import { describe, expect, it } from 'vitest';
import { connectionProblem } from './management-error';

describe('a connection that fails', () => {
  it.each([
    ['ECONNREFUSED', 'refused', 'rabbitmq-plugins enable rabbitmq_management'],
    ['ENOTFOUND', 'unreachable', 'cannot be resolved'],
    ['EHOSTUNREACH', 'unreachable', 'routes and firewalls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', 'Add the authority\'s certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', 'Add the authority\'s certificate'],
    ['CERT_HAS_EXPIRED', 'tls', 'Renew it on the broker'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', 'TLS server name of the source'],
    ['EPROTO', 'tls', 'does not speak TLS on this port'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'tls', 'TLS with https://broker:15671 failed'],
    ['HPE_INVALID_CONSTANT', 'not-management', 'Is it the AMQP port?'],
    ['', 'unreachable', 'failed (without a code)'],
  ])('with %s is told as %s with what to do', (code, problem, words) => {
    const error = connectionProblem(code, 'https://broker:15671');
    expect(error.problem).toBe(problem);
    expect(error.message).toContain(words);
    expect(error.message).toContain('https://broker:15671');
  });
});
