import { spawn } from 'node:child_process';
import { fstatSync } from 'node:fs';

const STDOUT = 1;
const CHECK_EVERY_SECONDS = '0.2';

/**
 * Calls `onLeft` when the reader of the standard output, a pipe, has closed it. Node cannot poll the writing end of a
 * pipe for that; `tail -f` of GNU coreutils does, and is ended by SIGPIPE. Without it, the loss of the reader shows with
 * the next output.
 */
export function watchReader(onLeft) {
  if (!fstatSync(STDOUT).isFIFO()) return;
  // With --pid it also ends when this process is killed: the reader would otherwise wait for the end of its output.
  const args = ['-f', '-s', CHECK_EVERY_SECONDS, `--pid=${process.pid}`, '/dev/null'];
  const tail = spawn('tail', args, { stdio: ['ignore', STDOUT, 'ignore'] });
  tail.on('error', () => undefined);
  tail.on('exit', (_code, signal) => {
    if (signal === 'SIGPIPE') onLeft();
  });
  tail.unref();
  process.once('exit', () => tail.kill());
}
