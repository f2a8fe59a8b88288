import type { SecretBox } from '@/server/domain/sources/secret-box';
import type { ServiceContext } from '../service-context';

/** What verbs about sources are called with besides the stores: the box that seals credentials at rest. */
export interface SourceContext extends ServiceContext {
  box: SecretBox;
}
