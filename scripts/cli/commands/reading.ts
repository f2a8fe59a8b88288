import { readOverview } from '@/server/services/flows/read-overview';
import { overall, readSystemHealth } from '@/server/services/system/read-system-health';
import type { Command } from '../command';
import { asTable } from '../table';

export const health: Command = async (context) => {
  const system = await readSystemHealth(context);
  // The web process is not asked from here: its own entry would describe this command.
  const components = system.components.filter(({ component }) => component !== 'web');
  const status = overall(components);
  const problems = system.contractProblems.map(({ file, line, rule, message }) => `${file}${line === null ? '' : `:${line}`} ${rule}: ${message}`);
  const rows = components.map((component) => [component.component, component.instance, component.status, component.summary]);
  return {
    data: { ...system, components, status },
    text: [`Signalbox is ${status}.`, asTable(['PART', 'INSTANCE', 'STATUS', 'SUMMARY'], rows), ...problems].join('\n'),
    exitCode: status === 'down' ? 1 : 0,
  };
};

export const flows: Command = async (context) => {
  const overview = await readOverview(context);
  const all = [...overview.trouble, ...overview.healthy.flatMap((group) => group.flows)];
  const rows = all.map((flow) => [flow.health.status, flow.criticality, flow.id, flow.messagesPerMinute === null ? '-' : `${flow.messagesPerMinute.toFixed(1)}/min`, flow.health.since.slice(0, 19).replace('T', ' '), flow.health.reason]);
  const counts = Object.entries(overview.counts).filter(([, count]) => count > 0).map(([status, count]) => `${count} ${status}`);
  return {
    data: overview,
    text: [`${counts.join(', ') || 'No flows'} as of ${overview.asOf}`, asTable(['STATUS', 'CLASS', 'FLOW', 'RATE', 'SINCE (UTC)', 'REASON'], rows), ...overview.notices.map(({ text }) => `! ${text}`)].join('\n'),
  };
};
