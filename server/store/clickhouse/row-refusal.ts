import type { ClickHouseFailure } from './client';

/**
 * Error codes by which ClickHouse refuses the content of JSON rows, whatever else is tried: CANNOT_PARSE_TEXT (6),
 * CANNOT_PARSE_ESCAPE_SEQUENCE (25), CANNOT_PARSE_QUOTED_STRING (26), CANNOT_PARSE_INPUT_ASSERTION_FAILED (27),
 * CANNOT_PARSE_DATE (38), CANNOT_PARSE_DATETIME (41), TYPE_MISMATCH (53), ARGUMENT_OUT_OF_BOUND (69),
 * CANNOT_CONVERT_TYPE (70), CANNOT_PARSE_NUMBER (72), INCORRECT_DATA (117), UNKNOWN_ELEMENT_OF_ENUM (691).
 */
const ROW_IS_WRONG = new Set([6, 25, 26, 27, 38, 41, 53, 69, 70, 72, 117, 691]);

export function saysRowIsWrong({ answered, code }: ClickHouseFailure): boolean {
  return answered && code !== null && ROW_IS_WRONG.has(code);
}
