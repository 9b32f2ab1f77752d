import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isOnPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** Runs a suite that calls curl; where there is none it is skipped, by name, but never in CI. */
export function onCurl(subject: string, suite: () => void): void {
  const missing = !isOnPath('curl') && process.env.CI !== 'true';
  if (missing) process.stderr.write(`curl is not installed: skipping "${subject}"\n`);
  (missing ? describe.skip : describe)(subject, suite);
}
