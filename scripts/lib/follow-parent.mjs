import { execFileSync } from 'node:child_process';

const CHECK_EVERY_MS = 250;
const parent = process.ppid;
const npm = npmBehindShell();

/**
 * Ends this process by SIGTERM when npm or its shell has ended. npm runs scripts through a shell and passes SIGTERM only
 * to that shell; most shells exit without passing it on. A killed npm leaves shell and script running.
 */
export function followParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || isRunning(npm))) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS).unref();
  // This process has received a signal itself: a second one would cut off requests in flight.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => clearInterval(timer));
}

/** The process id of npm; `undefined` if npm is the parent itself, as with shells that replace themselves. */
function npmBehindShell() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return undefined;
  try {
    const line = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(parent)], { encoding: 'utf8' });
    const [, grandparent, command] = /^\s*(\d+)\s+(.*\S)/.exec(line);
    return /(^|[-/])(ba|da|z|k|a)?sh$/.test(command) ? Number(grandparent) : undefined;
  } catch {
    // Without ps, only the shell is watched.
    return undefined;
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
