import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useTexts, type Texts } from '../text/language';

const EN = { showAll: (count: number) => `Show all ${count}` };
const TEXTS: Texts<typeof EN> = { en: EN, ko: { showAll: (count) => `${count}개 모두 보기` } };

/** More rows are shown on request: a long table is slow to build and to read. */
const ROWS_AT_FIRST = 50;

export interface Column<Row> {
  readonly label: string;
  /** Figures are aligned to the right. */
  readonly isNumber?: boolean;
  /** CSS width; columns then stay where they are while figures change. Columns without one share the rest. */
  readonly width?: string;
  /** Left out where the window is too narrow for a table of many columns; the card of a phone shows it. */
  readonly isOptional?: boolean;
  /** Takes the whole width of the card on a phone. */
  readonly isWide?: boolean;
  /** Leaves the label out where the card of a phone needs none. */
  readonly isLabelHidden?: boolean;
  readonly render: (row: Row) => ComponentChildren;
}

export interface TableProps<Row> {
  /** Says what the table lists, for screen readers. */
  readonly caption: string;
  /** The first column names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
}

const classOf = ({ isNumber, isWide, isOptional }: Omit<Column<never>, 'render'>): string =>
  [isNumber === true && 'number', isWide === true && 'wide', isOptional === true && 'optional']
    .filter(Boolean)
    .join(' ');

/** Rows with aligned columns; cards on a phone. The explicit roles survive the change of `display`. */
export function Table<Row>({ caption, columns, rows, keyOf }: TableProps<Row>) {
  const [isWhole, setWhole] = useState(false);
  const texts = useTexts(TEXTS);
  const shown = isWhole ? rows : rows.slice(0, ROWS_AT_FIRST);
  const isFixed = columns.some(({ width }) => width !== undefined);
  return (
    <div class="table-frame">
      <table class={isFixed ? 'table table-fixed' : 'table'} role="table">
        <caption class="visually-hidden">{caption}</caption>
        {isFixed && (
          <colgroup>
            {columns.map((column) => (
              <col key={column.label} class={classOf(column)} style={{ width: column.width ?? 'auto' }} />
            ))}
          </colgroup>
        )}
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th key={column.label} scope="col" role="columnheader" class={classOf(column)}>
                {column.isLabelHidden === true ? (
                  <span class="visually-hidden">{column.label}</span>
                ) : (
                  column.label
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((row) => (
            <TableRow key={keyOf(row)} columns={columns} row={row} />
          ))}
        </tbody>
      </table>
      {shown.length < rows.length && (
        <button type="button" class="button table-more" onClick={() => setWhole(true)}>
          {texts.showAll(rows.length)}
        </button>
      )}
    </div>
  );
}

interface TableRowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
}

function TableRow<Row>({ columns, row }: TableRowProps<Row>) {
  const [first, ...others] = columns;
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {first?.render(row)}
      </th>
      {others.map((column) => (
        <td
          key={column.label}
          role="cell"
          class={classOf(column)}
          data-label={column.isLabelHidden === true ? undefined : column.label}
        >
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}
