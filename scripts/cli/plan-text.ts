import type { OperationView } from '@/server/services/operations/operation-view';

/** An operation for a terminal: its state, and while it is a plan everything that the plan says. */
export function operationText(operation: OperationView): string {
  const { plan } = operation;
  const where = operation.steps.length > 0 ? `${operation.steps.length} channels` : `${operation.hopId} (${operation.channelId})`;
  const lines = [`${operation.kind} of ${operation.flowName}, ${where}: ${operation.state}`, operation.summary];
  if (plan !== null && ['planned', 'awaiting-approval'].includes(operation.state)) {
    const { act, extent } = plan;
    const money = extent.money.map(({ amount, currency }) => `${amount} ${currency}`).join(', ');
    lines.push(
      '', `It touches ${extent.messages ?? 'an unknown number of'} messages, ${extent.cases ?? 'an unknown number of'} cases${money === '' ? '' : `, ${money}`}. ${extent.note}`.trim(),
      ...section('It will', act.steps), ...section('Who receives something', act.receivers), ...section('It will not', act.willNot), ...section('Mind', act.warnings),
      `Guarantee: ${act.guarantee.delivery}; order: ${act.guarantee.order}; in flight: ${act.guarantee.inFlight}; restart: ${act.guarantee.survivesRestart}.`,
      ...(plan.possibleDuplicates === null ? [] : [`Possible duplicates: ${plan.possibleDuplicates.messages ?? 'unknown'} messages that were taken and not settled.`]),
      ...section('Not eligible', plan.items.notEligible.map(({ count, reason, instead }) => `${count}: ${reason} ${instead}`)),
      ...(act.canary === null ? [] : [`Canary: ${act.canary.sentence}`]), `Undo: ${act.undo}`,
      ...(plan.holdBudget?.earliest ? [`Earliest harm: ${plan.holdBudget.earliest.at} (${plan.holdBudget.earliest.what}). ${plan.holdBudget.earliest.sentence}`] : []),
      `Approval: ${plan.approval.needed}. ${plan.approval.because.join(' ')}`,
      ...section('LOCKED', operation.locks.map(({ sentence }) => sentence)),
    );
  }
  const steps = operation.progress.steps ?? [];
  lines.push(...section('Steps', steps.map(({ percent, state, sentence }) => `${percent} %: ${state}. ${sentence}`.trim())));
  lines.push(...operation.steps.map(({ position, hopId, channelId, method, state, sentence }) => `  ${position}. ${hopId}, ${method} (${channelId}): ${state}${sentence === '' ? '' : `. ${sentence}`}`));
  const counts = Object.entries(operation.items).map(([state, count]) => `${count} ${state}`);
  if (counts.length > 0) lines.push(`Items: ${counts.join(', ')}.`);
  return lines.join('\n');
}

/** What to type next; nothing where there is nothing to confirm. */
export function nextStep({ id, state, planHash, locks, plan }: OperationView): string {
  if (state !== 'planned' || locks.length > 0 || planHash === null) return '';
  const typed = plan?.typedConfirmation ? ` --typed ${plan.typedConfirmation}` : '';
  return `\nNothing has been changed. To do it: npm run -s cli -- confirm ${id} --hash ${planHash} --reason "…"${typed}`;
}

function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  - ${line}`)];
}
