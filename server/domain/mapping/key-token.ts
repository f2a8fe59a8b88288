/** Keyed tokens for business keys that identify a person or an account, and the masked form that people may see. */
import { createHmac } from 'node:crypto';

export interface KeyToken {
  /** `keyId:hex` of HMAC-SHA256 over the normalised key. Equal keys have equal tokens, so cases can be joined. */
  token: string;
  /** At most a third of the key and at most its last four characters, e.g. `•••4821`. */
  label: string;
}

export interface KeyTokenizer {
  /** @param key the trimmed, normalised business key in clear */
  tokenOf(key: string): KeyToken;
}

/** Keys that are remembered, so that the spans of one message cost one HMAC between them. */
const REMEMBERED_KEYS = 20_000;

/**
 * @param tokenKey secret of at least 16 bytes
 * @param tokenKeyId short id that is stored with each token, so that keys can be rotated
 * @throws RangeError when the key is too short to protect small key spaces, or the id would break the token's form
 */
export function createKeyTokenizer(tokenKey: Uint8Array, tokenKeyId: string): KeyTokenizer {
  if (tokenKey.length < 16) throw new RangeError(`The token key has ${tokenKey.length} bytes; at least 16 are needed. Set a longer one.`);
  if (!/^[A-Za-z0-9_-]{1,32}$/.test(tokenKeyId)) throw new RangeError('The token key id must be 1 to 32 of letters, digits, "_" and "-".');
  // Two generations: what was used since the last turn survives the next one. Cheaper per look-up than an exact LRU.
  let young = new Map<string, KeyToken>();
  let old = new Map<string, KeyToken>();
  return {
    tokenOf(key) {
      let known = young.get(key);
      if (known) return known;
      known = old.get(key) ?? { token: `${tokenKeyId}:${createHmac('sha256', tokenKey).update(key, 'utf8').digest('hex')}`, label: maskKey(key) };
      if (young.size >= REMEMBERED_KEYS / 2) {
        old = young;
        young = new Map();
      }
      young.set(key, known);
      return known;
    },
  };
}

function maskKey(key: string): string {
  const shown = Math.min(4, Math.floor(key.length / 3));
  return shown === 0 ? '•••' : `•••${key.slice(-shown)}`;
}
