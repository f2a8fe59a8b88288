/** A grey place where a value will stand, in the size of that value. */
export function Skeleton({ className }: { className: string }) {
  return <span aria-hidden className={`block animate-pulse rounded-xs bg-raised motion-reduce:animate-none ${className}`} />;
}

/** Wraps a skeleton so that it is announced once, as words. */
export function Loading({ what, children }: { what: string; children: React.ReactNode }) {
  return (
    <div role="status" aria-busy>
      <span className="sr-only">Loading {what}</span>
      {children}
    </div>
  );
}
