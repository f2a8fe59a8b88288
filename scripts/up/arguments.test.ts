import { expect, test } from 'vitest';
import { HELP, parseUpArguments, UsageError } from './arguments.mjs';

test('defaults', () => {
  expect(parseUpArguments([])).toEqual({
    help: false,
    port: 3000,
    otlpPort: 4318,
    dataDir: '.signalbox',
    sandbox: true,
    sandboxPort: 3100,
    factor: undefined,
  });
});

test('every option', () => {
  const argv = ['--port', '8080', '--otlp-port=4400', '--data-dir', '/data', '--no-sandbox', '--sandbox-port', '9', '--factor', '2.5'];
  expect(parseUpArguments(argv)).toMatchObject({
    port: 8080,
    otlpPort: 4400,
    dataDir: '/data',
    sandbox: false,
    sandboxPort: 9,
    factor: 2.5,
  });
});

test.each([
  [['--port', 'abc'], '--port abc is not a port: choose a number from 1 to 65535.'],
  [['--port', '0'], '--port 0 is not a port: choose a number from 1 to 65535.'],
  [['--otlp-port', '65536'], '--otlp-port 65536 is not a port: choose a number from 1 to 65535.'],
  [['--port', '4318'], '--port and --otlp-port are both 4318: choose different ports.'],
  [['--sandbox-port', '3000'], '--port and --sandbox-port are both 3000: choose different ports.'],
  [['--factor', '0'], '--factor 0 is not a number of at least 1.'],
  [['--data-dir', ''], '--data-dir needs the name of a directory.'],
  [['--bogus'], "Unknown option '--bogus'. See npm run up -- --help."],
])('%j is refused with one sentence', (argv, sentence) => {
  expect(() => parseUpArguments(argv)).toThrow(new UsageError(sentence));
});

test('a sandbox port that is not used may be anybody’s', () => {
  expect(parseUpArguments(['--no-sandbox', '--port', '3100']).port).toBe(3100);
});

test('the help names every option', () => {
  for (const option of ['--port', '--otlp-port', '--data-dir', '--no-sandbox', '--sandbox-port', '--factor', '--help']) {
    expect(HELP).toContain(option);
  }
});
