/** What is found in a connected source: its topology, and draft contracts with every guess marked. */

export interface DiscoveredNode {
  /** Unique in the topology; a channel's id where it is a channel. */
  id: string;
  kind: 'exchange' | 'queue' | 'table' | 'application';
  /** Native name, for display. */
  name: string;
  /** Facts as label and text, e.g. `type: quorum`, `messages: 12`, `rows: about 12,000`. */
  facts: { label: string; text: string }[];
  /** The flow contracts in force that name this channel. */
  flows: string[];
  /** Things that a person should know, e.g. "dead letters go through the default exchange". */
  notes: string[];
}

export interface DiscoveredEdge {
  from: string;
  to: string;
  kind: 'binding' | 'dead-letter' | 'alternate' | 'consumes' | 'publishes';
  /** Binding key, dead-letter routing key …; empty when there is none. */
  label: string;
}

/** Something in a draft that was not told but concluded. */
export interface Guess {
  /** Where in the document, as a path, e.g. `spec.path[0].channel.status.pending`. */
  at: string;
  value: string;
  why: string;
}

export interface DraftContract {
  /** Id of the flow in the document. */
  flowId: string;
  name: string;
  /** A complete Flow document (`lifecycle: draft`); loads without problems together with the contracts in force. */
  yaml: string;
  guesses: Guess[];
  /** Node ids of the topology that it covers. */
  channels: string[];
}

export interface Discovery {
  nodes: DiscoveredNode[];
  edges: DiscoveredEdge[];
  /** Only for channels that no contract in force names. */
  drafts: DraftContract[];
  /** What was not looked at or left out, and why. */
  notes: string[];
}
