import { closeSync, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { DrillError } from '../drill-error.mjs';
import { htmlOf } from './html.mjs';
import { jsonOf } from './json.mjs';
import { textOf } from './text.mjs';
import { WORDS } from './words.mjs';

/** Prints the result of a drill. */
export function print(result, { json, lang }) {
  console.log(json ? jsonOf(result) : textOf(result, WORDS[lang]));
}

/** Checks before a drill that its report can be written. @throws DrillError if it cannot */
export const checkReport = ({ report }) =>
  asDrillError(report, () => {
    const isNew = !existsSync(report);
    closeSync(openSync(report, 'a'));
    // A drill that cannot be run leaves no file.
    if (isNew) unlinkSync(report);
  });

/** Writes the result as a page. @throws DrillError if the file cannot be written */
export const writeReport = (result, { report, lang }) =>
  asDrillError(report, () => writeFileSync(report, htmlOf(result, WORDS[lang], lang)));

function asDrillError(report, write) {
  try {
    write();
  } catch (error) {
    throw new DrillError(`${report} cannot be written (${error.code})`);
  }
}
