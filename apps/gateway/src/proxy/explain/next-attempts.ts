import type { Instance } from '../../discovery/index.js';
import type { Picking } from '../exchange/balancer.js';
import type { RetryCondition } from '../../policy/policy.js';
import type { PreviewRequest } from '../exchange/stage.js';
import type { Route } from '../exchange/route.js';

/** A possible attempt. */
export interface NextAttempt {
  readonly instance: string;
  /** Required outcomes of the preceding attempt; empty for the first. */
  readonly after: readonly RetryCondition[];
}

/** A hypothetical request. */
class PaperExchange implements Picking {
  readonly clientAddress = '';
  readonly attemptStartedAt = performance.now();
  affinityCookie: string | undefined = undefined;
  private readonly tried = new Set<string>();

  constructor(readonly header: PreviewRequest['header']) {}

  hasTried({ id }: Instance): boolean {
    return this.tried.has(id);
  }

  markTried({ id }: Instance): void {
    this.tried.add(id);
  }
}

const MOST = 3;

/**
 * Instances that the request could be sent to now, in order: one draw from a new balancer of the route's
 * kind, at the current load. The route's own balancer is not used, since a pick would change its state.
 */
export function nextAttempts(
  { newBalancer, retries }: Route,
  available: readonly Instance[],
  { method, header }: Pick<PreviewRequest, 'method' | 'header'>,
): readonly NextAttempt[] {
  const balancer = newBalancer();
  const exchange = new PaperExchange(header);
  const attempts: NextAttempt[] = [];
  while (attempts.length < MOST) {
    const instance = balancer.pick(available, exchange);
    if (!instance) break;
    exchange.markTried(instance);
    attempts.push({
      instance: instance.id,
      after: attempts.length === 0 ? [] : retries.conditionsFor(method),
    });
  }
  return attempts;
}
