/** From the credentials in a form to the sealed ones that are stored. */
import type { Credentials } from '@/server/domain/sources/connection';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import { invalidField } from '../refusal';
import type { WantedSource } from '@/server/domain/sources/source-input';
import { secretPurpose, type StoredConnection } from './stored-connections';

type Sealed = Pick<StoredConnection, 'observeSecret' | 'leverSecret'>;

/**
 * Seals the credentials of a source. An empty password means the stored one, but only for the same user at the same
 * address under the same protection: who changes these has to know the password, so that a stored one can never be sent
 * somewhere else.
 *
 * @param stored the source as it is; null for a new one, whose password may be empty
 * @throws Refusal invalid that names the field
 * @throws SecretUnreadable
 */
export function sealCredentials(box: SecretBox, wanted: WantedSource, stored: StoredConnection | null): Sealed {
  const isMoved = stored !== null && destinationOf(wanted.kind, wanted.settings) !== destinationOf(stored.kind, stored.settings as WantedSource['settings']);
  const seal = (use: 'observe' | 'levers', given: Credentials | null, sealed: string | null): string | null => {
    if (given === null) return null;
    const purpose = secretPurpose(wanted.id, use);
    if (given.password !== '' || sealed === null) return box.seal(given, purpose);
    const field = `${use}.password`;
    if (isMoved) throw invalidField(field, 'must be entered again, because the address or its protection has changed');
    if (box.open(sealed, purpose).user !== given.user) throw invalidField(field, 'must be entered again, because the user has changed');
    return sealed;
  };
  return { observeSecret: seal('observe', wanted.observe, stored?.observeSecret ?? null), leverSecret: seal('levers', wanted.levers, stored?.leverSecret ?? null) };
}

/** Everything that decides who gets to see a password on its way. */
function destinationOf(kind: WantedSource['kind'], settings: WantedSource['settings']): string {
  const { tls } = settings;
  const authority = [tls?.ca ?? '', tls?.serverName ?? ''];
  return 'management' in settings
    ? JSON.stringify([kind, settings.management, settings.amqp ?? '', ...authority])
    : JSON.stringify([kind, settings.host.toLowerCase(), settings.port, settings.encryption, ...authority]);
}
