/** What Postgres and the network answer, as sentences. The server's own texts may quote rows, so none is passed on. */
import { SourceProblem } from '../dialect';

export interface ProblemContext {
  host: string;
  port: number;
  database: string;
  user: string;
}

/** @param subject what was asked for, e.g. `table erp.po_interface`; null for the connection itself */
export function problemOf(error: unknown, { host, port, database, user }: ProblemContext, subject: string | null): SourceProblem {
  if (error instanceof SourceProblem) return error;
  const code = codeOf(error);
  const at = `${host}:${port}`;
  const about = subject ?? `database ${database} at ${at}`;
  switch (code) {
    case 'ECONNREFUSED': return unreachable(`Nothing listens at ${at}. Check address and port, and that PostgreSQL is running.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN': return unreachable(`The name ${host} cannot be resolved. Check the host.`);
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH': return unreachable(`${at} does not answer. Check address and firewall.`);
    case 'ECONNRESET':
    case 'EPIPE': return unreachable(`The connection to ${at} was cut. It will be opened again.`);
    case '28P01':
    case '28000': return new SourceProblem(`PostgreSQL at ${at} refuses user ${user}. Check user, password and pg_hba.conf.`, 'database', 'denied');
    case '3D000': return new SourceProblem(`There is no database ${database} at ${at}.`, 'database', 'missing');
    case '53300': return unreachable(`PostgreSQL at ${at} has no free connection for ${user}. Raise its connection limit, or lower that of other users.`);
    case '57P01':
    case '57P02':
    case '57P05': return unreachable(`PostgreSQL at ${at} ended the connection. It will be opened again.`);
    case '57P03': return unreachable(`PostgreSQL at ${at} is starting up or shutting down.`);
    case '25P03':
    case '25P04': return unreachable(`PostgreSQL at ${at} ended our transaction because it idled. It will be opened again.`);
    case '42501': return new SourceProblem(`User ${user} may not read ${about}. Grant it: GRANT USAGE ON SCHEMA and GRANT SELECT ON the table.`, reach(subject), 'denied');
    case '42P01':
    case '3F000': return new SourceProblem(`There is no ${about}. Was it renamed or dropped? Correct the contract or restore it.`, reach(subject), 'missing');
    case '42703': return new SourceProblem(`A column of ${about} that a contract names does not exist. Correct the contract.`, reach(subject), 'missing');
    case '55P03': return new SourceProblem(`Another session holds a lock on ${about} that keeps readers out. It will be looked at again.`, reach(subject), 'locked');
    case '57014': return new SourceProblem(`The question to ${about} took longer than it may. An index may be missing, or the server is overloaded.`, reach(subject), 'slow');
    case '22P02':
    case '42804':
    case '42883':
    case '22007': return new SourceProblem(`A value that a contract names for ${about} does not fit the type of its column. Correct the status values or the "where" of the contract.`, reach(subject), 'refused');
    case '40001': return new SourceProblem(`${about} was rewritten during the look, or the replica ended it. It will be looked at again.`, reach(subject), 'locked');
    case '08P01': return unreachable(`${at} does not accept our connection settings. Connect to PostgreSQL directly instead of through a pooler.`);
    case 'CLIENT_TIMEOUT': return unreachable(`${at} stopped answering. The connection will be opened again.`);
    default: return otherProblem(error, code, about, at, reach(subject));
  }
}

function otherProblem(error: unknown, code: string | null, about: string, at: string, at2: 'database' | 'table'): SourceProblem {
  const text = error instanceof Error ? error.message : '';
  if (/certificate|self[- ]signed|altname|tls|ssl/i.test(`${code ?? ''} ${text}`)) {
    return unreachable(/does not support SSL/i.test(text)
      ? `${at} does not offer TLS. Turn it on there, or set encryption to "disable" for this source.`
      : `The certificate of ${at} is not trusted (${code ?? 'TLS'}). Add its authority under TLS, or the name that it carries.`);
  }
  if (/timeout expired|timed? ?out/i.test(text)) return unreachable(`${at} does not answer in time. Check address and firewall.`);
  // The library's own words: nothing was sent.
  if (/password must be/i.test(text)) return new SourceProblem(`PostgreSQL at ${at} asks for a password, and none is set for this source. Enter it under Settings → Sources.`, 'database', 'denied');
  if (code === null || /Connection terminated|not queryable|ended/i.test(text)) return unreachable(`The connection to ${at} ended. It will be opened again.`);
  if (code.startsWith('08') || code.startsWith('E')) return unreachable(`The connection to ${at} failed (${code}).`);
  return new SourceProblem(`PostgreSQL refused a question to ${about} (SQLSTATE ${code}).`, at2, 'refused');
}

const unreachable = (message: string) => new SourceProblem(message, 'database', 'unreachable');
const reach = (subject: string | null) => (subject === null ? 'database' : 'table');

function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string') return code;
  // Several addresses were tried: the first failure speaks for all.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return first === undefined ? null : codeOf(first);
}
