import { findProgram } from './find-program.js';

/**
 * Runs a suite that starts these programs. Where one is not installed, the suite is reported as skipped; in CI it
 * fails instead, because a skip would go unnoticed.
 */
export function onPrograms(programs: readonly string[], subject: string, suite: () => void): void {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  const isSkipped = missing.length > 0 && process.env.CI !== 'true';
  if (isSkipped) process.stderr.write(`${missing.join(', ')} not installed: skipping "${subject}"\n`);
  (isSkipped ? describe.skip : describe)(subject, suite);
}
