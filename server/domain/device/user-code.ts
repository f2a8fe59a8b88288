/** The short code that a person compares and types: eight consonants, so that it spells no word and no digit is misread. */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';
const LENGTH = 8;

/** @param random bytes of chance, at least 64 */
export function userCodeFrom(random: Uint8Array): string {
  // Bytes from 240 on are left out: 256 is no multiple of 20, and some letters would come more often.
  const letters = [...random].filter((byte) => byte < 240).slice(0, LENGTH).map((byte) => LETTERS[byte % LETTERS.length]);
  return `${letters.slice(0, LENGTH / 2).join('')}-${letters.slice(LENGTH / 2).join('')}`;
}

/** As it was made, however it was typed; null for what cannot be a code. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return letters.length === LENGTH && [...letters].every((letter) => LETTERS.includes(letter)) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : null;
}
