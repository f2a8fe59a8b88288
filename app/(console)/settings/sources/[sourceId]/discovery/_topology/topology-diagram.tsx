import type { DraftContract } from '@/server/domain/sources/discovery';
import { EmptyState } from '../../../../../../_ui/states/empty-state';
import { ChannelTrack } from './channel-track';
import type { WiredChannel } from './wired-channels';

interface Props {
  channels: readonly WiredChannel[];
  drafts: readonly DraftContract[];
  onReview: (flowId: string) => void;
}

/**
 * One line of track per channel: what leads in, the channel as a block on the line, who takes. Lines out of sight are not
 * laid out, so that a thousand of them cost no more than a screenful, and the page's own search still finds them.
 */
export function TopologyDiagram({ channels, drafts, onReview }: Props) {
  if (channels.length === 0) {
    return (
      <div className="px-4">
        <EmptyState title="No channel matches the filter" />
      </div>
    );
  }
  const draftOf = new Map(drafts.flatMap((draft) => draft.channels.map((channel) => [channel, draft] as const)));
  return (
    <ul aria-label="Channels" className="border-y border-line bg-panel">
      {channels.map((channel) => (
        <li key={channel.node.id} className="border-b border-line [contain-intrinsic-size:auto_140px] [content-visibility:auto] last:border-b-0">
          <ChannelTrack channel={channel} draft={draftOf.get(channel.node.id) ?? null} onReview={onReview} />
        </li>
      ))}
    </ul>
  );
}
