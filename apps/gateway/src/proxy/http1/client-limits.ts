import { DEFAULT_POLICY } from '../../policy/policy.js';
import { KEEP_ALIVE_MS } from './head/response-framing.js';

/** Time-outs of client connections, milliseconds. */
export interface ClientLimits {
  /** Time to receive a complete request head; then 408. */
  readonly headMs: number;
  /** Time without progress while a message is in progress. */
  readonly idleMs: number;
  /** Idle time between two requests. */
  readonly keepAliveMs: number;
  /** How long input is discarded after a response: the rest of a request body, or bytes before the close. */
  readonly lingerMs: number;
}

export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  headMs: 20_000,
  idleMs: DEFAULT_POLICY.timeouts.idleMs,
  keepAliveMs: KEEP_ALIVE_MS,
  lingerMs: 10_000,
};
