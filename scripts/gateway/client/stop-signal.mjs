import { watchReader } from './watch-reader.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Errors of output whose reader, or terminal, is gone. */
const LEFT = new Set(['EPIPE', 'EIO']);

/** Aborted by Ctrl-C and the other signals that end a program, and when the reader of the output leaves, as `head` does. */
export function stopSignal() {
  const stop = new AbortController();
  for (const signal of SIGNALS) process.once(signal, () => stop.abort());
  process.stdout.on('error', (error) => {
    if (!LEFT.has(error.code)) throw error;
    stop.abort();
  });
  watchReader(() => stop.abort());
  return stop.signal;
}
