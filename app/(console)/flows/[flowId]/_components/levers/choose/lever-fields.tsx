'use client';

import type { OperationKind } from '@/server/domain/operations/kinds';
import { CanaryFields } from './canary-fields';
import { HoldField } from './hold-field';
import { useLeverForm } from './lever-form';
import { PauseFields } from './pause-fields';
import { ReleaseFields } from './release-fields';
import { ReplayFields } from './replay-fields';
import { RerouteFields } from './reroute-fields';

/** What each lever asks for. */
const FIELDS: Record<OperationKind, () => React.ReactNode> = {
  pause: PauseFields,
  canary: CanaryFields,
  release: ReleaseFields,
  replay: ReplayFields,
  reroute: RerouteFields,
  restore: RestoreFields,
};

export function LeverFields() {
  const { draft } = useLeverForm();
  const Fields = FIELDS[draft.kind];
  return <Fields />;
}

function RestoreFields() {
  return (
    <>
      <HoldField kind="reroute" />
      <p>Messages go to their first target again. The plan lists what the alternate received meanwhile, and what can be done about it.</p>
    </>
  );
}
