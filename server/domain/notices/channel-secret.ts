/** The signing secret of a channel, sealed as credentials of sources are. */
import type { SecretBox } from '../sources/secret-box';

const USER = 'hmac-sha256';
const purposeOf = (channelId: string) => `notices/${channelId}`;

export function sealChannelSecret(box: SecretBox, channelId: string, secret: string): string {
  return box.seal({ user: USER, password: secret }, purposeOf(channelId));
}

/** @throws Error with a sentence when the installation's secret is another one by now */
export function channelSecret(box: SecretBox, { id, name, secret }: { id: string; name: string; secret: string }): string {
  try {
    return box.open(secret, purposeOf(id)).password;
  } catch (cause) {
    throw new Error(`The signing secret of "${name}" cannot be decrypted: SIGNALBOX_SECRET is not the one it was stored with. Make a new secret under Settings, Notifications.`, { cause });
  }
}
