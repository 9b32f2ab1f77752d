import type { EndedExchange } from '../series.js';

/** An exchange that ended well, but for what a spec says. */
export const ended = (known: Partial<EndedExchange> = {}): EndedExchange => ({
  status: 200,
  durationMs: 3,
  bytesSent: 10,
  attempts: 1,
  hedge: undefined,
  problemCode: undefined,
  ending: 'completed',
  isTunnel: false,
  ...known,
});
