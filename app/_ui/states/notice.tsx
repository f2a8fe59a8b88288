import { CircleAlert, TriangleAlert } from 'lucide-react';

/** One sentence about what is wrong and one about what to do, above the content it concerns. */
export function Notice({
  severity,
  text,
  action,
}: {
  severity: 'warning' | 'error';
  text: React.ReactNode;
  action?: React.ReactNode;
}) {
  const Icon = severity === 'error' ? CircleAlert : TriangleAlert;
  const tone = severity === 'error' ? 'border-failing text-failing' : 'border-degraded text-degraded';
  return (
    <div role={severity === 'error' ? 'alert' : 'status'} className={`flex gap-2 rounded-sm border bg-panel px-3 py-2 ${tone}`}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden />
      <p className="text-ink">
        <span className="sr-only">{severity === 'error' ? 'Error: ' : 'Warning: '}</span>
        {text}
        {action !== undefined && <span className="text-muted"> {action}</span>}
      </p>
    </div>
  );
}
