import { writeFileSync } from 'node:fs';
import { DrillError } from '../drill-error.mjs';
import { htmlOf } from './html.mjs';
import { jsonOf } from './json.mjs';
import { textOf } from './text.mjs';
import { WORDS } from './words.mjs';

/** Prints the result of a drill. */
export function print(result, { json, lang }) {
  console.log(json ? jsonOf(result) : textOf(result, WORDS[lang]));
}

/** Writes the result as a page. @throws DrillError if the file cannot be written */
export function writeReport(result, { report, lang }) {
  try {
    writeFileSync(report, htmlOf(result, WORDS[lang], lang));
  } catch (error) {
    throw new DrillError(`${report} cannot be written (${error.code})`);
  }
}
