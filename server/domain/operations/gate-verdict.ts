/** Whether a hold by the cooperative gate holds: judged by what clients were told and by what has been seen since. */
import { instantWords } from '../instant-words';
import type { GateTerms } from './gate';

/** A client and the answer that it was given last; instants in Unix milliseconds. */
export interface ToldClient {
  name: string;
  etag: string;
  times: number;
  firstAt: number;
  lastAt: number;
}

export interface GateEvidence {
  now: number;
  /** Since when the gate answers so. */
  requestedAt: number;
  /** Of the answer that clients must know. */
  etag: string;
  terms: GateTerms;
  clients: readonly ToldClient[];
  /** When something was last received from the hop, as far as was looked back; null: nothing. */
  lastSeen: number | null;
  /** Everything received before is known; null when nobody knows. */
  completeThrough: number | null;
  /** Since when receivers have been listening. */
  observingSince: number | null;
}

export interface GateVerdict {
  /** `unreachable`: what is known proves nothing. */
  state: 'held' | 'draining' | 'leaking' | 'unreachable';
  sentence: string;
  figures: Record<string, string>;
}

/** A client has reported an answer when it was given it twice: the second time it came back with it. */
const REPORTS = 2;
/** Telemetry that is further behind says nothing of now. */
export const MOST_BEHIND_MS = 30_000;

/** Clients that would still keep to an answer of ours. */
export function liveClients<T extends Pick<ToldClient, 'lastAt'>>(clients: readonly T[], now: number, { maxStaleMs }: GateTerms): T[] {
  return clients.filter(({ lastAt }) => now - lastAt <= maxStaleMs);
}

/** Pure; see `docs/operations.md` for the states in words. */
export function judgeGate(evidence: GateEvidence): GateVerdict {
  const { now, requestedAt, etag, terms, clients, lastSeen, completeThrough, observingSince } = evidence;
  const { verifyAfterMs, maxStaleMs } = terms;
  const live = liveClients(clients, now, terms);
  const told = live.filter((client) => client.etag === etag && client.times >= REPORTS);
  const figures = { clients: String(live.length), told: String(told.length), 'last seen': lastSeen === null ? 'nothing' : instantWords(lastSeen) };
  const verdict = (state: GateVerdict['state'], sentence: string): GateVerdict => ({ state, sentence, figures });

  if (completeThrough === null || now - completeThrough > Math.max(verifyAfterMs, MOST_BEHIND_MS)) {
    return verdict('unreachable', `Telemetry is ${completeThrough === null ? 'not known to be complete' : `complete through ${instantWords(completeThrough)} only`}, so nobody knows what passes. Look at Settings, Health of Signalbox.`);
  }
  const isRecent = (seen: number | null): seen is number => seen !== null && completeThrough - seen < verifyAfterMs;

  if (live.length === 0) {
    if (isRecent(lastSeen) && lastSeen > requestedAt + maxStaleMs + verifyAfterMs) return verdict('leaking', `Something was received from the hop at ${instantWords(lastSeen)}, and no client asks the gate any more.`);
    return verdict('unreachable', `No client has asked the gate within ${seconds(maxStaleMs)}${lastAsked(clients)}: nobody is known to keep to it.`);
  }
  if (told.length < live.length) {
    const waiting = live.filter((client) => !told.includes(client)).map(({ name }) => name);
    return verdict('draining', `${told.length} of ${clientsWord(live.length)} ${live.length === 1 ? 'has' : 'have'} reported the answer; not yet: ${waiting.slice(0, 5).join(', ')}${waiting.length > 5 ? ', …' : ''}.`);
  }
  const toldAt = Math.max(requestedAt, ...told.map(({ firstAt }) => firstAt));
  const all = `${live.length === 1 ? 'The one client has' : `All ${clientsWord(live.length)} have`} known since ${instantWords(toldAt)}`;
  if (isRecent(lastSeen) && lastSeen > toldAt + verifyAfterMs) {
    return verdict('leaking', `Something was received from the hop at ${instantWords(lastSeen)}. ${all}: one does not keep to the gate, or somebody sends who does not ask it.`);
  }
  const quietSince = Math.max(toldAt, lastSeen ?? toldAt);
  if (completeThrough - quietSince < verifyAfterMs) {
    return verdict('draining', `${all}; nothing has been received from the hop for ${seconds(Math.max(0, completeThrough - quietSince))} of ${seconds(verifyAfterMs)}.`);
  }
  if (observingSince === null || completeThrough - observingSince < verifyAfterMs) {
    return verdict('unreachable', `Receivers have been listening for less than ${seconds(verifyAfterMs)}: that nothing was received proves nothing yet.`);
  }
  return verdict('held', `${all}, and nothing has been received from the hop since ${instantWords(quietSince)}.`);
}

function lastAsked(clients: readonly ToldClient[]): string {
  const newest = clients.toSorted((a, b) => b.lastAt - a.lastAt)[0];
  return newest === undefined ? '' : ` (the last was ${newest.name} at ${instantWords(newest.lastAt)})`;
}

const seconds = (ms: number) => `${Math.floor(ms / 1000)} s`;
const clientsWord = (n: number) => `${n} client${n === 1 ? '' : 's'}`;
