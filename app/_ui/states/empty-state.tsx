/** Nothing to show, and why; with what to do about it where something can be done. */
export function EmptyState({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <section className="max-w-prose py-6">
      <h2 className="text-lg font-medium">{title}</h2>
      {children !== undefined && <div className="mt-2 space-y-2 text-muted">{children}</div>}
    </section>
  );
}
