/** Short facts side by side, each under its term. */
export function FactGrid({ children }: { children: React.ReactNode }) {
  return <dl className="grid grid-cols-2 gap-x-3 gap-y-3 sm:gap-x-6 sm:grid-cols-3 xl:grid-cols-6">{children}</dl>;
}

export function Fact({ term, children }: { term: string; children: React.ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-muted">{term}</dt>
      <dd className="break-words">{children}</dd>
    </div>
  );
}
