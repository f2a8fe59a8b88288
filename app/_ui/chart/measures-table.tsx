'use client';

import { useState } from 'react';
import { DataTable } from '../data-table';
import { formatInstant } from '../format/instant';
import { wordsWithin, type AxisMark } from './axis-marks';
import type { Measure, TimeBuckets } from './measure';
import { bucketName } from './measure-words';

interface Props {
  title: string;
  measures: readonly Measure[];
  buckets: TimeBuckets;
  fillingFrom: number;
  marks: readonly AxisMark[];
}

/** The figures behind a chart, newest first, for those who would rather read them. Made only when it is opened. */
export function MeasuresTable({ title, measures, buckets, fillingFrom, marks }: Props) {
  const [open, setOpen] = useState(false);
  const { starts, bucketMs } = buckets;
  return (
    <details className="px-4" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="inline-flex min-h-8 items-center text-xs text-muted hover:text-ink">
        Show as a table<span className="sr-only">: {title}</span>
      </summary>
      {open && (
        <div className="mb-3 max-h-80 max-w-2xl overflow-y-auto">
          <DataTable
            caption={title}
            rows={starts.map((start, index) => ({ start, index })).toReversed()}
            rowKey={({ start }) => String(start)}
            columns={[
              {
                header: bucketMs === 60_000 ? 'Minute' : 'From',
                cell: ({ start, index }) => <time dateTime={new Date(start).toISOString()} title={formatInstant(start)}>{bucketName(start, index, fillingFrom)}</time>,
              },
              ...measures.map(({ name, textOf }) => ({ header: name, numeric: true, cell: ({ index }: { index: number }) => textOf(index) })),
              ...(marks.length > 0 ? [{ header: 'What happened', cell: ({ start }: { start: number }) => wordsWithin(marks, start, bucketMs) }] : []),
            ]}
          />
        </div>
      )}
    </details>
  );
}
