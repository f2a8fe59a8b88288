import { redactIds } from './identifiers';
import { isFreeTextKey, isKnownKey, isUrlKey } from './known-keys';

/** What happens to the value of an attribute: stored, stored as a URL without what identifies, or masked. */
export type Treatment = 'pass' | 'url' | 'mask';

export interface AttributeRule {
  /** The key to store. A key that is not known may itself carry an id (`patient.123456`), and is stored without it. */
  readonly storedKey: string;
  readonly treatment: Treatment;
}

/** The keys that contracts declare; a `SpanMapper` has both sets. */
export interface DeclaredKeys {
  readonly passKeys: ReadonlySet<string>;
  readonly tokenKeys: ReadonlySet<string>;
}

/**
 * Decides by key which attribute values may be stored. Order of the rules: keys that identify a person or an account
 * are masked; free text (exception messages, SQL) is masked, declared or not; URLs lose query and ids; declared keys and
 * known semantic conventions pass; everything else is masked.
 */
export class AttributeAllowList {
  constructor(private readonly declared: DeclaredKeys) {}

  ruleFor(key: string): AttributeRule {
    if (this.declared.tokenKeys.has(key) || isFreeTextKey(key)) return { storedKey: key, treatment: 'mask' };
    if (isUrlKey(key)) return { storedKey: key, treatment: 'url' };
    if (this.declared.passKeys.has(key) || isKnownKey(key)) return { storedKey: key, treatment: 'pass' };
    return { storedKey: storedKeyOf(key), treatment: 'mask' };
  }
}

const LONGEST_KEY = 128;

function storedKeyOf(key: string): string {
  return redactIds(key.length <= LONGEST_KEY ? key : `${key.slice(0, LONGEST_KEY)}…`);
}
