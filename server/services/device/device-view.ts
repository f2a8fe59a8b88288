import type { OperationView } from '../operations/operation-view';

export const DEVICE_ACTS = ['approve', 'reject', 'confirm'] as const;
export type DeviceAct = (typeof DEVICE_ACTS)[number];

/** What the terminal keeps and shows. The device code is in this answer and nowhere else. */
export interface DeviceCodes {
  deviceCode: string;
  userCode: string;
  expiresAt: string;
}

/** What a person sees before deciding. */
export interface DeviceRequestView {
  id: string;
  act: DeviceAct;
  planHash: string;
  words: string | null;
  ticket: string | null;
  requestedBy: string;
  /** The machine, as it calls itself. */
  requestedFrom: string;
  requestedAt: string;
  expiresAt: string;
  operation: OperationView;
}

/** What the terminal is told when it asks. */
export type DeviceAnswer = { state: 'waiting' } | { state: 'denied'; sentence: string } | { state: 'expired'; sentence: string } | { state: 'done'; by: string; operation: OperationView };
