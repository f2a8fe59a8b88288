/** Settings of an installation, which tests must not meet: they make their own stores, ports and secrets. And of the terminal. */
const INSTALLATION = /^(FORCE_COLOR|DATABASE_URL|DATABASE_OWNER_URL|AUDIT_\w+|CLICKHOUSE_\w+|RABBITMQ_\w+|SANDBOX_\w+|CONTRACTS_DIR|SIGNALBOX_\w+|NEXTAUTH_\w+|OIDC_\w+|OTLP_\w+|OTEL_\w+|SPOOL_\w+|COLLECTORS_\w+|LOG_LEVEL|HOST|PORT|NODE_ENV|NODE_OPTIONS)$/;

/** The environment that every check runs in. */
export function testEnvironment(environment, { soak }) {
  const kept = Object.entries(environment).filter(([name]) => !INSTALLATION.test(name));
  return {
    ...Object.fromEntries(kept),
    NO_COLOR: '1',
    NEXT_TELEMETRY_DISABLED: '1',
    ...(soak ? { SIGNALBOX_SOAK: '1' } : {}),
  };
}
