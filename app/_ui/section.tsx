import { useId } from 'react';

/** A titled part of a page. */
export function Section({ title, note, children }: { title: string; note?: React.ReactNode; children: React.ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="min-w-0">
      <div className="flex flex-wrap items-baseline gap-x-4 px-4 pb-2">
        <h2 id={id} className="text-lg font-semibold">
          {title}
        </h2>
        {note !== undefined && <p className="text-muted">{note}</p>}
      </div>
      {children}
    </section>
  );
}
