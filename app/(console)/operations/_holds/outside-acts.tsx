import { Notice } from '../../../_ui/states/notice';

/** What somebody did to the held channel with other tools than ours. */
export function OutsideActs({ acts }: { acts: readonly string[] }) {
  if (acts.length === 0) return null;
  return (
    <Notice
      severity="warning"
      text="Somebody acted on it outside Signalbox:"
      action={acts.join(' ')}
    />
  );
}
