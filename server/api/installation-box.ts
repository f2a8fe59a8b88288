import { createEditVault, type EditVault } from '@/server/domain/operations/edit-vault';
import { createSecretBox, type SecretBox } from '@/server/domain/sources/secret-box';
import { Refusal } from '@/server/services/refusal';

const LEAST_BYTES = 32;
let known: { secret: string; box: SecretBox; vault: EditVault } | null = null;

/** The box of the web process: it seals what collectors open, so both must have the same SIGNALBOX_SECRET. @throws Refusal unavailable */
export function installationBox(secret = process.env.SIGNALBOX_SECRET): SecretBox {
  return ofSecret(secret).box;
}

/** Seals values that somebody writes into a message. @throws Refusal unavailable */
export function installationVault(secret = process.env.SIGNALBOX_SECRET): EditVault {
  return ofSecret(secret).vault;
}

function ofSecret(secret: string | undefined) {
  if (known && known.secret === secret) return known;
  const bytes = Buffer.from(secret ?? '', 'base64');
  if (secret === undefined || bytes.length < LEAST_BYTES) {
    throw new Refusal('unavailable', 'SIGNALBOX_SECRET is not set for this process, or is shorter than 32 bytes as base64, so nothing can be sealed. Give it the same value as the collectors.');
  }
  known = { secret, box: createSecretBox(bytes), vault: createEditVault(bytes) };
  return known;
}

/** A context with which verbs about sources can be called. */
export function withBox<C extends object>(context: C): C & { box: SecretBox } {
  return { ...context, box: installationBox() };
}

/** A context with which messages can be changed before they are replayed. */
export function withVault<C extends object>(context: C): C & { vault: () => EditVault } {
  return { ...context, vault: () => installationVault() };
}
