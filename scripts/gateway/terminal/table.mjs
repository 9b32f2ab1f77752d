import { stripControl } from './text.mjs';

/**
 * Rows in aligned columns.
 * @param columns `{ title, isNumber, format }`; `format` returns how a cell is coloured, if it is
 * @param rows lists of cells
 * @param paint see `painterFor`
 * @returns lines; the first has the titles
 */
export function tableOf(columns, rows, paint) {
  const texts = rows.map((cells) => cells.map(stripControl));
  const widths = columns.map(({ title }, i) =>
    Math.max(title.length, ...texts.map((cells) => cells[i].length)),
  );
  const line = (cells, paintCell) =>
    cells
      .map((text, i) => {
        const padded = columns[i].isNumber ? text.padStart(widths[i]) : text.padEnd(widths[i]);
        return paintCell(padded, i, text);
      })
      .join('  ')
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, (text) => paint('bold', text)),
    ...texts.map((cells) =>
      line(cells, (padded, i, text) => painted(padded, columns[i].format?.(text), paint)),
    ),
  ];
}

const painted = (text, format, paint) => (format ? paint(format, text) : text);
