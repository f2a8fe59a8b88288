
/** A titled part of a plan. */
export function PlanPart({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="border-t border-line pt-3 has-[ul:empty]:hidden has-[ol:empty]:hidden">
      <h3 className="mb-1 font-medium">{title}</h3>
      {children}
    </section>
  );
}

/** One sentence per line; numbered where their order matters. */
export function Sentences({ of: sentences, ordered = false }: { of: readonly string[]; ordered?: boolean }) {
  const List = ordered ? 'ol' : 'ul';
  return (
    <List className={`space-y-1 pl-5 break-words marker:text-muted ${ordered ? 'list-decimal' : 'list-disc'}`}>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </List>
  );
}
