/** Money inside the sandbox is whole cents; it leaves as a decimal string with two places. */
export function decimalOf(cents: number): string {
  if (!Number.isSafeInteger(cents)) throw new Error(`Not a whole number of cents: ${cents}`);
  const digits = Math.abs(cents).toString().padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** Cents of a decimal string with two places, as `decimalOf` writes it. */
export function centsOf(decimal: string): number {
  const match = /^(-?)(\d+)\.(\d{2})$/.exec(decimal);
  if (match === null) throw new Error(`Not an amount with two decimal places: ${decimal}`);
  const cents = Number(`${match[2]}${match[3]}`);
  return match[1] === '-' ? -cents : cents;
}
