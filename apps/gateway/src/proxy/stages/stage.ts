import type { Exchange } from '../exchange.js';
import type { Leavable } from '../routing/destination.js';

/** What a stage decides: `true` lets the exchange go on, `false` says that the stage has replied. */
export type Passage = boolean;

/**
 * One step of the walk. Built once per route from its policy, keeps no state per request, and answers at once unless it
 * truly has to wait.
 */
export interface Stage extends Leavable {
  readonly name: string;
  enter(exchange: Exchange): Passage | Promise<Passage>;
}
