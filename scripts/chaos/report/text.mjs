import { checkTexts, phaseCells, remarksOf, verdictOf } from './figures.mjs';

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

/** A result for a terminal. */
export function textOf(result, words) {
  const { drill, phases, checks, options } = result;
  const rows = [
    words.columns,
    ...Object.entries(phases).map(([name, phase]) => [words.phases[name], ...phaseCells(phase)]),
  ];
  const judged = checks.map((check) => {
    const { value, limit } = checkTexts(check, words.none);
    return [check.passed ? '✓' : '✗', words.checks[check.name], value, limit];
  });
  return [
    `${words.title}: ${words.faults[options.fault]}, ${drill.targets.join(', ')} (${options.service}). ${words.load(options.rate, drill.path)}`,
    '',
    ...alignedRows(rows),
    '',
    ...drill.changes.map(
      ({ atMs, instanceId, status, reason }) => `${seconds(atMs)}  ${instanceId} ${status}: ${reason}`,
    ),
    ...remarksOf(result, words),
    '',
    ...alignedRows(judged),
    `${words.verdict}: ${verdictOf(result, words)}`,
  ].join('\n');
}

/** Cells of a terminal: Hangul takes two each. */
const widthOf = (text) => text.length + (text.match(/[\uac00-\ud7a3]/g) ?? []).length;
const padded = (text, width) => text + ' '.repeat(width - widthOf(text));

function alignedRows(rows) {
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => widthOf(row[column]))));
  return rows.map((row) =>
    row
      .map((cell, column) => padded(cell, widths[column]))
      .join('  ')
      .trimEnd(),
  );
}
