import { createSecretBox, type SecretBox } from '@/server/domain/sources/secret-box';
import { Refusal } from '@/server/services/refusal';

const LEAST_BYTES = 32;
let known: { secret: string; box: SecretBox } | null = null;

/** The box of the web process: it seals what collectors open, so both must have the same SIGNALBOX_SECRET. @throws Refusal unavailable */
export function installationBox(secret = process.env.SIGNALBOX_SECRET): SecretBox {
  if (known && known.secret === secret) return known.box;
  const bytes = Buffer.from(secret ?? '', 'base64');
  if (secret === undefined || bytes.length < LEAST_BYTES) {
    throw new Refusal('unavailable', 'SIGNALBOX_SECRET is not set for this process, or is shorter than 32 bytes as base64, so credentials of sources cannot be sealed. Give it the same value as the collectors.');
  }
  known = { secret, box: createSecretBox(bytes) };
  return known.box;
}

/** A context with which verbs about sources can be called. */
export function withBox<C extends object>(context: C): C & { box: SecretBox } {
  return { ...context, box: installationBox() };
}
