import { SETTINGS_OF_KIND, type ConnectableKind } from '@/server/domain/sources/connection';
import type { SourceInput } from '@/server/domain/sources/source-input';
import type { SourceView } from '@/server/services/sources/source-view';

/** A source as it stands in the form: text as it was typed. Passwords are only ever what was typed now. */
export interface SourceDraft {
  kind: ConnectableKind;
  /** Null while it follows the name. */
  id: string | null;
  name: string;
  system: string;
  enabled: boolean;
  management: string;
  amqp: string;
  vhosts: string;
  host: string;
  port: string;
  database: string;
  schemas: string;
  encryption: string;
  ca: string;
  serverName: string;
  pollSeconds: string;
  observeUser: string;
  observePassword: string;
  hasLevers: boolean;
  leverUser: string;
  leverPassword: string;
}

export function emptyDraft(kind: ConnectableKind): SourceDraft {
  return {
    kind, id: null, name: '', system: '', enabled: true,
    management: '', amqp: '', vhosts: '',
    host: '', port: '5432', database: '', schemas: '', encryption: 'verify-full',
    ca: '', serverName: '', pollSeconds: '5',
    observeUser: '', observePassword: '', hasLevers: false, leverUser: '', leverPassword: '',
  };
}

/** The form of a source that exists. @throws Error for a source that is only recognised in telemetry */
export function draftOf(source: SourceView): SourceDraft {
  if (source.kind === 'http') throw new Error(`${source.id} is not connected`);
  const draft: SourceDraft = {
    ...emptyDraft(source.kind), id: source.id, name: source.name, system: source.system.name, enabled: source.enabled,
    observeUser: source.observeUser ?? '', hasLevers: source.leverUser !== null, leverUser: source.leverUser ?? '',
  };
  const settings = SETTINGS_OF_KIND[source.kind].safeParse(source.settings);
  if (!settings.success) return draft;
  const { pollSeconds, tls } = settings.data;
  const reached = { ...draft, pollSeconds: String(pollSeconds), ca: tls?.ca ?? '', serverName: tls?.serverName ?? '' };
  if ('management' in settings.data) {
    const { management, amqp, vhosts } = settings.data;
    return { ...reached, management, amqp: amqp ?? '', vhosts: vhosts.join('\n') };
  }
  const { host, port, database, schemas, encryption } = settings.data;
  return { ...reached, host, port: String(port), database, schemas: schemas.join('\n'), encryption };
}

/** The id that a name suggests. */
export function slugOf(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 48).replace(/-+$/, '');
}

/** What the form asks the server for; to be checked by `sourceInput`, which also says what is wrong where. */
export function inputOf(draft: SourceDraft, systems: readonly SourceView['system'][]): SourceInput {
  const { kind, name, enabled, hasLevers } = draft;
  const tls = { ...(draft.ca.trim() === '' ? {} : { ca: draft.ca }), ...(draft.serverName.trim() === '' ? {} : { serverName: draft.serverName.trim() }) };
  const shared = { pollSeconds: numberOf(draft.pollSeconds), ...(Object.keys(tls).length === 0 ? {} : { tls }) };
  const described = {
    id: draft.id ?? slugOf(name), name, enabled, system: systemOf(draft.system, systems),
    observe: credentialsOf(draft.observeUser, draft.observePassword),
    levers: hasLevers ? { user: draft.leverUser, password: draft.leverPassword } : null,
  };
  switch (kind) {
    case 'rabbitmq':
      return {
        ...described, kind,
        settings: { ...shared, management: draft.management.trim(), ...(draft.amqp.trim() === '' ? {} : { amqp: draft.amqp.trim() }), vhosts: linesOf(draft.vhosts) },
      };
    case 'postgres':
      return {
        ...described, kind,
        settings: {
          ...shared, host: draft.host, port: numberOf(draft.port), database: draft.database.trim(), schemas: linesOf(draft.schemas),
          encryption: draft.encryption as 'verify-full',
        },
      };
  }
}

/** Without user and password the source is kept and not tapped. */
function credentialsOf(user: string, password: string): SourceInput['observe'] {
  return user === '' && password === '' ? null : { user, password };
}

/** A system that is known already keeps its id; a new one gets the id that its name suggests. */
function systemOf(name: string, systems: readonly SourceView['system'][]): SourceView['system'] {
  const wanted = name.trim();
  return systems.find((system) => system.name === wanted || system.id === wanted) ?? { id: slugOf(wanted), name: wanted };
}

function linesOf(text: string): string[] {
  return text.split(/\n/).map((line) => line.trim()).filter((line) => line !== '');
}

/** NaN, which no setting accepts, for what is no number. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
