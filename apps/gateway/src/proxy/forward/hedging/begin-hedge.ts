import type { Exchange } from '../../exchange/exchange.js';
import { Hedge, type HedgeGround } from './hedge.js';
import type { HedgeRules } from './hedge-rules.js';

/** Only safe methods without a body: two instances may process the request at the same time. */
const isHedgeable = ({ method, hasBody, isUpgrade }: Exchange): boolean =>
  (method === 'GET' || method === 'HEAD') && !hasBody && !isUpgrade;

/** Prepares a hedged attempt for an exchange that may be hedged, to be sent when its response is late. */
export function hedge<E extends Exchange>(exchange: E, rules: HedgeRules, ground: HedgeGround<E>): void {
  if (isHedgeable(exchange)) exchange.hedge = new Hedge(exchange, rules, ground);
}
