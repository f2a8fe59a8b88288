/** Tables as files for spreadsheets. */

/**
 * CSV after RFC 4180, each row ended by CRLF. A cell that a spreadsheet would take for a formula begins with an apostrophe, also
 * behind white space: names, keys and reasons are written by anybody. What is no text is written as JSON, null as nothing.
 */
export function csv(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const safe = /^\s*[=+\-@|\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
