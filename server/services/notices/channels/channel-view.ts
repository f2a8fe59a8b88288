import type { NoticeEvent } from '@/server/domain/notices/payload';
import type { SecretBox } from '@/server/domain/sources/secret-box';
import type { ServiceContext } from '../../service-context';

export const CHANNEL_SENDS = ['all', 'escalated'] as const;
export type ChannelSends = (typeof CHANNEL_SENDS)[number];

export const DELIVERY_STATES = ['waiting', 'delivered', 'given-up'] as const;

/** What verbs about channels are called with. */
export interface ChannelContext extends ServiceContext {
  box: SecretBox;
}

export interface DeliveryView {
  id: string;
  event: NoticeEvent;
  /** Null for a test. */
  title: string | null;
  operationId: string | null;
  createdAt: string;
  state: (typeof DELIVERY_STATES)[number];
  attempts: number;
  /** Null once it is delivered or given up. */
  nextAt: string | null;
  lastError: string | null;
  deliveredAt: string | null;
}

/** An address that notices are sent to. Its secret is shown when it is made, and never again. */
export interface ChannelView {
  id: string;
  name: string;
  url: string;
  sends: ChannelSends;
  enabled: boolean;
  revision: number;
  updatedBy: string;
  updatedAt: string;
  waiting: number;
  delivered: number;
  givenUp: number;
  /** Why the newest attempt failed, while something waits that has failed; null: nothing does. */
  failing: string | null;
  recent: DeliveryView[];
}
