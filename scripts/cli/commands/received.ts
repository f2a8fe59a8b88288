/** What the alternate of a reroute received, and what is decided of it. */
import type { z } from 'zod';
import { countStanding, type ReceivedDecision, type ReceivedStanding } from '@/server/domain/operations/received-decision';
import { decideReceived, type decideReceivedInput } from '@/server/services/operations/received/decide-received';
import { listReceived } from '@/server/services/operations/received/list-received';
import { listOf, required, type CliArguments } from '../arguments';
import type { Command } from '../command';
import { asTable } from '../table';
import { UsageError } from '../usage';

export const received: Command = async (context, { options }) => {
  const { limit, cursor } = options;
  const page = await listReceived(context, { holdId: required(options, 'hold'), ...whichOf(options), ...(limit === undefined ? {} : { limit: Number(limit) }), ...(cursor === undefined ? {} : { cursor }) });
  return {
    data: page,
    text: [
      asTable(['SEEN', 'KEY', 'MESSAGE', 'CASE', 'PAYER', 'FACILITY', 'DECIDED', 'BY'], page.items.map((one) => [one.seenAt, one.copyKey, one.messageId ?? '', one.caseLabel ?? '', one.payerId ?? '', one.facilityId ?? '', one.decision?.decision ?? 'undecided', one.decision?.by ?? ''])),
      ...(page.counts === null ? [] : [`Undecided ${page.counts.undecided}, left there ${page.counts.leave}, void asked for ${page.counts.void}, to be sent again ${page.counts.resend}.`]),
      ...(page.fromHold === null || page.fromHold === 0 ? [] : [`${page.fromHold} of all that it received had waited in the hold and ${page.fromHold === 1 ? 'was' : 'were'} sent on.`]),
      ...(page.nextCursor === null ? [] : [`More: --cursor ${page.nextCursor}`]),
      ...page.gaps,
    ].join('\n'),
  };
};

/** Without `--execute` it only says how many messages it would be. */
export const decide: Command = async (context, { options, flags }) => {
  const holdId = required(options, 'hold');
  const decision = required(options, 'decision') as ReceivedDecision;
  const which = whichOf(options);
  const copyKeys = listOf(options.items);
  if (copyKeys === null && !flags.has('all') && which.payer === undefined && which.facility === undefined) throw new UsageError('Say which messages: --items, --payer, --facility, or --all.');
  const standing: ReceivedStanding = which.standing ?? 'undecided';
  const page = await listReceived(context, { holdId, ...which, standing, limit: 1 });
  const expected = page.counts === null ? 0 : countStanding(page.counts, standing);
  const count = copyKeys?.length ?? expected;
  if (!flags.has('execute')) {
    return { data: { messages: count, whatToDo: page.whatToDo[decision] ?? null }, text: `${count} ${count === 1 ? 'message' : 'messages'} of what ${page.alternate.name} received. Nothing was decided; add --execute.` };
  }
  const selection: z.input<typeof decideReceivedInput>['selection'] = copyKeys === null ? { by: 'filter', ...which, standing, seenUntil: page.asOf, expected } : { by: 'messages', copyKeys };
  const answer = await decideReceived(context, { holdId, decision, reason: required(options, 'reason'), ...(options.reference === undefined ? {} : { reference: options.reference }), asOf: page.asOf, selection });
  return { data: answer, text: `Decided of ${answer.messages} ${answer.messages === 1 ? 'message' : 'messages'}${answer.unchanged === 0 ? '' : `; of ${answer.unchanged} the same was decided before`}. ${answer.whatToDo}` };
};

function whichOf({ standing, payer, facility }: CliArguments['options']): { standing?: ReceivedStanding; payer?: string; facility?: string } {
  return { ...(standing === undefined ? {} : { standing: standing as ReceivedStanding }), ...(payer === undefined ? {} : { payer }), ...(facility === undefined ? {} : { facility }) };
}
