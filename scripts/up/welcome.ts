/** An account that was created by this start, with its only copy of the password. */
export interface NewUser {
  email: string;
  role: string;
  password: string;
}

export interface WelcomeFacts {
  url: string;
  newUsers: readonly NewUser[];
  otlpUrl: string;
  sandboxUrl: string | undefined;
  contractsDir: string;
  dataDir: string;
  engines: readonly string[];
  /** What is off and how to turn it on. */
  notes: readonly string[];
}

/** Label and text of one line. */
type Row = [string, string];

/** The one block that says everything a person needs after the start. */
export function welcome(facts: WelcomeFacts): string {
  const rows: Row[] = [
    ['Open', facts.url],
    ...signInRows(facts.newUsers),
    ...sandboxRows(facts.sandboxUrl),
    ['Telemetry', `${facts.otlpUrl} (OpenTelemetry over HTTP: protobuf or JSON)`],
    ['', `OTEL_EXPORTER_OTLP_ENDPOINT=${facts.otlpUrl} node your-service.js`],
    ['', `curl -H 'content-type: application/json' -d '{"resourceSpans":[]}' ${facts.otlpUrl}/v1/traces`],
    ['Contracts', facts.contractsDir],
    ['Data', facts.dataDir],
    ...facts.engines.map((engine, index): Row => [index === 0 ? 'Engines' : '', engine]),
    ...facts.notes.map((note): Row => ['Off', note]),
    ['Stop', 'Ctrl-C'],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const line = '─'.repeat(72);
  return ['', line, 'Signalbox is running', '', ...rows.map(([label, text]) => `  ${label.padEnd(width)}  ${text}`), line, ''].join('\n');
}

function sandboxRows(url: string | undefined): Row[] {
  return url ? [['Sandbox', `${url} (switch faults on and off)`]] : [];
}

/** Accounts of the first start, one line each, aligned. */
export function accountLines(users: readonly NewUser[]): string[] {
  const email = Math.max(...users.map((user) => user.email.length));
  const password = Math.max(...users.map((user) => user.password.length));
  const lines = users.map((user) => `${user.email.padEnd(email)}  ${user.password.padEnd(password)}  ${user.role}`);
  return [...lines, 'Shown only this once: the passwords are stored hashed.'];
}

function signInRows(users: readonly NewUser[]): Row[] {
  if (users.length === 0) return [['Sign in', 'with the accounts of the first start; a new password: npm run -s cli -- user reset-password --email E']];
  return accountLines(users).map((line, index): Row => [index === 0 ? 'Sign in' : '', line]);
}
