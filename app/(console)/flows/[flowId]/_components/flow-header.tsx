import { ExternalLink } from 'lucide-react';
import Link from 'next/link';
import type { FlowDetail } from '@/server/domain/health/flow-view';
import { Fact, FactGrid } from '../../../../_ui/fact-grid';
import { CriticalityTag } from '../../../../_ui/flow/criticality-tag';
import { formatDuration } from '../../../../_ui/format/duration';
import { formatInstant } from '../../../../_ui/format/instant';
import { Elapsed } from '../../../../_ui/live/elapsed';
import { StatusMark } from '../../../../_ui/status/status-mark';

/** The status with its reason, then what the contract promises and who stands behind it. */
export function FlowHeader({ flow }: { flow: FlowDetail }) {
  return (
    <header className="space-y-4 px-4">
      <div>
        <h1 className="flex flex-wrap items-baseline gap-x-3 text-xl font-semibold">
          {flow.name} <CriticalityTag criticality={flow.criticality} />
        </h1>
        <p className="mt-1 flex flex-wrap items-center gap-x-3 text-base">
          <StatusMark status={flow.health.status} phase={flow.health.phase} />
          <span className="text-muted">
            for <Elapsed since={flow.health.since} />
          </span>
        </p>
        <p className="text-base">{flow.health.reason}</p>
        {flow.scope !== null && <p className="text-base text-muted">{flow.scope.text}</p>}
      </div>
      <FactGrid>
        <Fact term="Owner">
          {flow.owner.business ?? flow.owner.technical ?? 'not in the contract'}
          {flow.owner.business !== null && flow.owner.technical !== null && (
            <span className="block text-muted">{flow.owner.technical}</span>
          )}
        </Fact>
        <Fact term="On call">{flow.owner.oncall ?? 'not in the contract'}</Fact>
        <Fact term="Runbook">
          <Runbook runbook={flow.runbook} />
        </Fact>
        <Fact term="Objective">
          <Objective slo={flow.slo} />
        </Fact>
        <Fact term="Processes">
          {flow.processes.length === 0 && 'none'}
          {flow.processes.map((process) => (
            <Link key={process.id} href={`/?process=${encodeURIComponent(process.id)}`} className="figure-link block w-fit">
              {process.name}
            </Link>
          ))}
        </Fact>
        <Fact term="Contract">
          <span title={`sha256 ${flow.contract.sha256}, loaded ${formatInstant(flow.contract.loadedAt)}`}>
            {flow.contract.version}, {flow.contract.lifecycle}
          </span>
          <span className="block break-all text-muted">{flow.contract.file}</span>
        </Fact>
      </FactGrid>
    </header>
  );
}

/** Contracts may name a page or a place in words; only web addresses become links. */
function Runbook({ runbook }: { runbook: string | null }) {
  if (runbook === null) return 'not in the contract';
  if (!/^https?:\/\//.test(runbook)) return runbook;
  return (
    <a href={runbook} target="_blank" rel="noreferrer" className="inline-flex items-center gap-1 text-accent underline underline-offset-3">
      Open runbook
      <ExternalLink size={12} aria-hidden />
      <span className="sr-only">in a new tab</span>
    </a>
  );
}

function Objective({ slo }: { slo: FlowDetail['slo'] }) {
  const promises = [
    ...(slo.objective === null ? [] : [`${percentOf(slo.objective)} succeed`]),
    ...(slo.latencyP95Ms === null ? [] : [`p95 within ${formatDuration(slo.latencyP95Ms)}`]),
  ];
  return (
    <>
      {promises.length === 0 && 'not in the contract'}
      {promises.map((promise) => (
        <span key={promise} className="block">
          {promise}
        </span>
      ))}
      {slo.origin !== null && <span className="block text-muted">{slo.origin}</span>}
    </>
  );
}

/** Objectives carry their nines: 99.95 % must not be rounded to 100 %. */
function percentOf(share: number): string {
  return `${Number((share * 100).toPrecision(7))} %`;
}
