import type { Exchange } from './exchange.js';
import type { Leavable } from './destination.js';

/** Result of a stage: `true` lets the exchange continue, `false` means that the stage has replied. */
export type Passage = boolean;

/**
 * One step of the pipeline. Built once per route from its policy, keeps no state per request, and returns
 * synchronously unless it has to wait.
 */
export interface Stage extends Leavable {
  readonly name: string;
  enter(exchange: Exchange): Passage | Promise<Passage>;
}
