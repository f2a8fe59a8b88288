'use client';

import { SourceBody } from './source-body';
import { SourceFrame } from './source-frame';

/** Everything about one source and its tap. */
export function SourceScreen({ sourceId }: { sourceId: string }) {
  return (
    <SourceFrame sourceId={sourceId} here={null}>
      {(source) => <SourceBody source={source} />}
    </SourceFrame>
  );
}
