import type { EndedExchange } from '../ended-exchange.js';

/** An exchange that completed normally; `known` overrides its members. */
export const ended = (overrides: Partial<EndedExchange> = {}): EndedExchange => ({
  status: 200,
  durationMs: 3,
  bytesSent: 10,
  attempts: 1,
  hedge: undefined,
  problemCode: undefined,
  ending: 'completed',
  isTunnel: false,
  ...overrides,
});
