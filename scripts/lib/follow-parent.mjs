const CHECK_EVERY_MS = 250;
const parent = process.ppid;

/**
 * Ends this process, as SIGTERM would, when its parent has gone. npm runs scripts through a shell, passes SIGTERM to that
 * shell alone, and most shells die of it without telling us: `kill` of an `npm start` would leave the system running.
 */
export function followParent() {
  if (process.env.npm_lifecycle_event === undefined) return;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS).unref();
  // A signal of our own is enough: a second one would cut off what is in flight.
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => clearInterval(timer));
}
