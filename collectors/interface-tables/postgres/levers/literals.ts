/** Text inside statements that people run: there are no parameters in psql's prompt. */
import { quoteIdentifier } from '../statements';
import type { TableQuestion } from '../../dialect';

/** A text constant, whatever is in it and whatever the server's setting for backslashes. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll(`'`, `''`)}'`;
  return quoted.includes('\\') ? ` E${quoted.replaceAll('\\', String.raw`\\`)}` : quoted;
}

/** Condition of the only share of a question, with text constants. */
export function inShare({ shares }: TableQuestion): string[] {
  return Object.entries(shares[0]?.where ?? {}).map(([column, values]) => `${quoteIdentifier(column)} IN (${values.map(quoteLiteral).join(', ')})`);
}

