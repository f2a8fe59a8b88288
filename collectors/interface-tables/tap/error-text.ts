/** What may be kept of the error texts of rows. They are written by applications and quote what they choked on. */
import type { FlowContract } from '@/server/domain/contracts/flow-schema';

const LONGEST_TEXT = 300;
const LONGEST_CODE = 64;
const QUOTED = /'[^']*'|"[^"]*"|`[^`]*`|«[^»]*»|“[^”]*”/g;
const MAIL_ADDRESS = /\S+@\S+/g;
const QUERY = /\?\S+/g;
/** A word with a digit in it is an id, a date, an amount or a telephone number as often as not. */
const WORD_WITH_DIGIT = /[\p{L}\p{N}_.:/+#-]*\p{N}[\p{L}\p{N}_.:/+#-]*/gu;
/** Kept: they say what went wrong and identify nobody. */
const STATUS_CODE = /^(HTTP[/-]?)?[1-5]\d\d[.:,]?$|^(ORA|SQLSTATE)-?\d{1,5}[:.]?$/i;
const CODE = /^[\p{L}][\p{L}\p{N}_.:-]*$/u;

/** The text without quotes, ids and numbers where the contract says that the flow holds no health information; else only its length. */
export function errorTextOf(text: string | null, { spec }: FlowContract): string {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return '';
  if (spec.phi?.contains !== false) return `‹masked:${[...trimmed].length}›`;
  const redacted = trimmed.replace(QUOTED, '{text}').replace(MAIL_ADDRESS, '{id}').replace(QUERY, '').replace(WORD_WITH_DIGIT, (word) => (STATUS_CODE.test(word) ? word : '{id}')).replace(/\s+/g, ' ');
  return redacted.length <= LONGEST_TEXT ? redacted : `${redacted.slice(0, LONGEST_TEXT)}…`;
}

/** A reason as the application writes it, if it is a code and not a sentence or an id. */
export function errorCodeOf(value: string | null): string {
  const code = value?.trim() ?? '';
  if (code === '' || code.length > LONGEST_CODE || /\d{6}/.test(code)) return '';
  return CODE.test(code) || STATUS_CODE.test(code) ? code : '';
}
