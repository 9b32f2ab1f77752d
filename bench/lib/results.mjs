import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { plotOf } from './plot.mjs';

const DEFAULT_DIRECTORY = new URL('../results/', import.meta.url).pathname;
const HEADLINE = 'get-207b-64';

/** Writes a run as JSON, and the plot if the run has the main scenario and is not `--quick`. */
export function writeResults(run, { out = DEFAULT_DIRECTORY, name, quick }) {
  mkdirSync(out, { recursive: true });
  const file = join(out, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(run, undefined, 2)}\n`);
  const headline = run.scenarios.find((scenario) => scenario.name === HEADLINE);
  const hasCpu = headline?.results.some(({ cpuUs }) => cpuUs !== undefined);
  if (hasCpu && !quick) writeFileSync(join(out, 'latest.svg'), plotOf(headline, run.machine));
  return file;
}
