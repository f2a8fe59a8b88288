import { SETTINGS_OF_KIND, type PostgresSettings, type RabbitmqSettings } from '@/server/domain/sources/connection';
import type { SourceView } from '@/server/services/sources/source-view';

export interface SettingFact {
  term: string;
  text: string;
}

const ENCRYPTION_WORDS: Record<PostgresSettings['encryption'], string> = {
  disable: 'none: passwords and rows travel in clear',
  require: 'TLS, certificate not checked',
  'verify-full': 'TLS, certificate checked',
};

/** Addresses and options of a source, in words; none for one that is only recognised in telemetry. */
export function settingFacts({ kind, settings }: Pick<SourceView, 'kind' | 'settings'>): SettingFact[] {
  if (settings === null || kind === 'http') return [];
  // A file that was written for another version may hold settings that this one does not read.
  const parsed = SETTINGS_OF_KIND[kind].safeParse(settings);
  if (!parsed.success) return [];
  const own = 'management' in parsed.data ? rabbitmqFacts(parsed.data) : postgresFacts(parsed.data);
  const { tls, pollSeconds } = parsed.data;
  return [
    ...own,
    { term: 'Poll interval', text: `${pollSeconds} s` },
    ...(tls?.ca === undefined ? [] : [{ term: 'Certificate authority', text: 'its own' }]),
    ...(tls?.serverName === undefined ? [] : [{ term: 'Name in the certificate', text: tls.serverName }]),
  ];
}

function rabbitmqFacts({ management, amqp, vhosts }: RabbitmqSettings): SettingFact[] {
  return [
    { term: 'Management address', text: management },
    { term: 'AMQP address', text: amqp ?? 'none: no message tap' },
    { term: 'Virtual hosts', text: vhosts.length === 0 ? 'all that the user may see' : vhosts.join(', ') },
  ];
}

function postgresFacts({ host, port, database, schemas, encryption }: PostgresSettings): SettingFact[] {
  return [
    { term: 'Host', text: `${host}:${port}` },
    { term: 'Database', text: database },
    { term: 'Schemas', text: schemas.length === 0 ? 'all that the user may read' : schemas.join(', ') },
    { term: 'Encryption', text: ENCRYPTION_WORDS[encryption] },
  ];
}
