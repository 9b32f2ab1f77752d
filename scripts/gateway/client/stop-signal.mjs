const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Errors of output whose reader, or terminal, is gone. */
const LEFT = new Set(['EPIPE', 'EIO']);

/**
 * Aborted by Ctrl-C and the other signals that end a program, and by the first output after its reader has left, as
 * `head` does. Node reports the loss of a reader only when it writes.
 */
export function stopSignal() {
  const stop = new AbortController();
  for (const signal of SIGNALS) process.once(signal, () => stop.abort());
  process.stdout.on('error', (error) => {
    if (!LEFT.has(error.code)) throw error;
    stop.abort();
  });
  return stop.signal;
}
