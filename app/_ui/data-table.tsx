export interface Column<Row> {
  header: string;
  /** Shown in place of the header's text, e.g. a check box for all rows. */
  head?: React.ReactNode;
  cell: (row: Row) => React.ReactNode;
  /** Figures stand on the right, in equal widths. */
  numeric?: boolean;
  /** Extra classes for header and cells: width, or hiding on narrow screens. */
  className?: string;
}

interface Props<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** A plain table: real headers, 32 px rows, scrolls inside itself when the screen is narrower than its columns. */
export function DataTable<Row>({ caption, columns, rows, rowKey }: Props<Row>) {
  return (
    <div className="overflow-x-auto border-y border-line bg-panel" role="region" aria-label={caption} tabIndex={0}>
      <table className="w-full">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-xs text-muted">
          <tr className="border-b border-line *:px-2 *:py-1.5 *:first:pl-4 *:last:pr-4">
            {columns.map((column) => (
              <th key={column.header} scope="col" className={`whitespace-nowrap ${alignment(column)}`}>
                {column.head ?? column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              className="relative h-8 border-b border-line last:border-b-0 focus-within:bg-raised hover:bg-raised *:px-2 *:py-1 *:first:pl-4 *:last:pr-4"
            >
              {columns.map((column) => (
                <td key={column.header} className={alignment(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function alignment<Row>(column: Column<Row>): string {
  return `${column.numeric ? 'text-right tabular-nums whitespace-nowrap' : ''} ${column.className ?? ''}`;
}
