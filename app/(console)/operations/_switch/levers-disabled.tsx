import { actorInWords } from '@/server/domain/roles/actor';
import type { LeverFrame } from '@/server/services/operations/operation-view';
import { RelativeTime } from '../../../_ui/live/relative-time';
import { Notice } from '../../../_ui/states/notice';

/** Said wherever levers are while one switch has disabled them all. */
export function LeversDisabled({ disabled, action }: { disabled: LeverFrame['leversDisabled']; action?: React.ReactNode }) {
  if (disabled === null) return null;
  return (
    <Notice
      severity="error"
      text={
        <>
          All levers are disabled: {actorInWords(disabled.by)} did so <RelativeTime instant={disabled.at} />, because: {disabled.reason}
        </>
      }
      action={action ?? 'What is held stays held. They are enabled again under Operations.'}
    />
  );
}
