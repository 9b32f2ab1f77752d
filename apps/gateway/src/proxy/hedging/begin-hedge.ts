import type { Exchange } from '../exchange.js';
import { Hedge, type HedgeGround } from './hedge.js';
import type { HedgeRules } from './hedge-rules.js';

/** Only what is safe and has no body: two instances may work for it at the same time. */
const isHedgeable = ({ method, hasBody, isUpgrade }: Exchange): boolean =>
  (method === 'GET' || method === 'HEAD') && !hasBody && !isUpgrade;

/** Sees to it that an exchange which may be hedged is, when its answer is late. */
export function hedge<E extends Exchange>(exchange: E, rules: HedgeRules, ground: HedgeGround<E>): void {
  if (isHedgeable(exchange)) exchange.hedge = new Hedge(exchange, rules, ground);
}
