/**
 * The line of a program's output that tells a person why it ended: the error it threw, else the last thing it said.
 * Stack frames are left out, a JSON log line is reduced to its message.
 */
export function lastWords(output: string): string | undefined {
  const lines = output.split('\n').filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v|^\s*\^|^\s*[{}]\s*$/.test(line));
  const thrown = lines.findLast((line) => ERROR_PREFIX.test(line));
  const line = thrown ?? lines.at(-1);
  return line === undefined ? undefined : (messageOfLogLine(line) ?? line.replace(ERROR_PREFIX, '').trim());
}

const ERROR_PREFIX = /^\s*(?:Uncaught )?\w*Error(?: \[\w+\])?: /;

function messageOfLogLine(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null && 'msg' in entry ? String(entry.msg) : undefined;
  } catch {
    return undefined;
  }
}
