import { DEFAULT_POLICY } from '../../policy.js';
import { KEEP_ALIVE_MS } from './answer-head.js';

/** How long clients may take, milliseconds. */
export interface ClientLimits {
  /** Until the head of a request is whole; slower ones end with 408. */
  readonly headMs: number;
  /** Silence of a connection while a message is under way. */
  readonly idleMs: number;
  /** Silence of a connection between two requests. */
  readonly keepAliveMs: number;
  /** How long a client may go on sending a body that its answer did not wait for. */
  readonly lingerMs: number;
}

export const DEFAULT_CLIENT_LIMITS: ClientLimits = {
  headMs: 20_000,
  idleMs: DEFAULT_POLICY.timeouts.idleMs,
  keepAliveMs: KEEP_ALIVE_MS,
  lingerMs: 10_000,
};
