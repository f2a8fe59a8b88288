import Link from 'next/link';

/** The way back from a detail page. */
export function Breadcrumb({ trail, here }: { trail: readonly { href: string; name: string }[]; here: string }) {
  return (
    <nav aria-label="Breadcrumb" className="text-muted">
      <ol className="flex flex-wrap gap-x-2">
        {trail.map(({ href, name }) => (
          <li key={href} className="flex gap-2">
            <Link href={href} className="hover:text-ink hover:underline">
              {name}
            </Link>
            <span aria-hidden>/</span>
          </li>
        ))}
        <li aria-current="page" className="truncate">
          {here}
        </li>
      </ol>
    </nav>
  );
}
