import type { ActiveFault } from '../faults/catalogue';

/** What the parent process tells a system process. */
export type ToSystem = { type: 'faults'; active: ActiveFault[] } | { type: 'start' };

/** What a system process tells its parent: its interface listens; it has finished its first message. */
export type FromSystem = { type: 'listening' } | { type: 'traffic' } | { type: 'failed'; message: string };
