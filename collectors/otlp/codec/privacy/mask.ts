/** `‹masked:12›`: that there was a value, and how many characters it had. */
function maskOf(characters: number): string {
  return `‹masked:${characters}›`;
}

export function maskText(text: string): string {
  let characters = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) characters++;
  return maskOf(characters);
}

/** The mask of `length` bytes of UTF-8 at `pos`, itself as UTF-8. */
export function maskUtf8(bytes: Uint8Array, pos: number, length: number): Uint8Array {
  let characters = 0;
  for (let i = 0; i < length; i++) if ((bytes[pos + i]! & 0xc0) !== 0x80) characters++;
  return MASKS[characters] ?? Buffer.from(maskOf(characters));
}

const MASKS: readonly Uint8Array[] = Array.from({ length: 256 }, (_, characters) => Uint8Array.from(Buffer.from(maskOf(characters))));
