import Link from 'next/link';

/** An empty product: the ways in which it comes to life. */
export function NothingConnected() {
  return (
    <section className="max-w-prose space-y-4 px-4 py-4">
      <h1 className="text-xl font-semibold">Nothing is connected yet</h1>
      <p className="text-muted">Flows appear here as soon as Signalbox has contracts for them and sees their channels or their traces.</p>
      <ol className="list-decimal space-y-4 pl-5 marker:text-muted">
        <li>
          <h2 className="font-medium">Connect a source</h2>
          <p className="text-muted">
            Under{' '}
            <Link href="/settings/sources" className="figure-link text-accent">
              Settings, Sources
            </Link>{' '}
            point Signalbox at a RabbitMQ cluster or a database with interface tables. It only looks, and drafts contracts for what it
            finds.
          </p>
        </li>
        <li>
          <h2 className="font-medium">Describe your flows</h2>
          <p className="text-muted">
            Put one contract per flow as YAML into the folder that <code>CONTRACTS_DIR</code> names. They load without a
            restart; what is wrong with them is listed under Settings, Health of Signalbox.
          </p>
        </li>
        <li>
          <h2 className="font-medium">Send traces</h2>
          <p className="text-muted">Point any OpenTelemetry SDK or collector at this host:</p>
          <pre className="mt-2 overflow-x-auto rounded-sm border border-line bg-panel p-3 text-xs">
            {'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nOTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318'}
          </pre>
          <p className="mt-2 text-muted">
            From another machine the receiver asks for an ingest token: make one under Settings, API tokens, and send it
            as <code>Authorization: Bearer …</code>.
          </p>
        </li>
      </ol>
    </section>
  );
}
