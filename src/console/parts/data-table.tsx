import type { ComponentChildren } from 'preact';
import type { Tone } from './tone.js';

export interface Column<Row> {
  /** Unique; what `onSort` is told. */
  readonly key: string;
  readonly title: string;
  readonly show: (row: Row) => ComponentChildren;
  readonly number?: boolean;
  /** Its heading sorts. */
  readonly sorts?: boolean;
}

export interface DataTableProps<Row> {
  /** What the table is of, for those who do not see it. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly toneOf?: (row: Row) => Tone;
  readonly sort?: { readonly by: string; readonly order: 'asc' | 'desc' };
  readonly onSort?: (by: string, order: 'asc' | 'desc') => void;
}

/** Rows by column. It scrolls sideways by itself where it is too wide. */
export function DataTable<Row>({ caption, columns, rows, keyOf, toneOf, sort, onSort }: DataTableProps<Row>) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.key} column={column} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} data-tone={toneOf?.(row)}>
              {columns.map(({ key, show, number }) => (
                <td key={key} class={number === true ? 'number' : undefined}>
                  {show(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadingProps<Row> {
  readonly column: Column<Row>;
  readonly sort: DataTableProps<Row>['sort'];
  readonly onSort: DataTableProps<Row>['onSort'];
}

function Heading<Row>({ column: { key, title, number, sorts }, sort, onSort }: HeadingProps<Row>) {
  const mine = sort?.by === key;
  const order = mine ? (sort.order === 'asc' ? 'ascending' : 'descending') : undefined;
  return (
    <th scope="col" class={number === true ? 'number' : undefined} aria-sort={order}>
      {sorts === true && onSort !== undefined ? (
        <button
          type="button"
          class="button"
          data-kind="plain"
          onClick={() => onSort(key, mine && sort.order === 'asc' ? 'desc' : 'asc')}
        >
          {title}
          {mine && <span aria-hidden="true">{sort.order === 'asc' ? ' ▲' : ' ▼'}</span>}
        </button>
      ) : (
        title
      )}
    </th>
  );
}
