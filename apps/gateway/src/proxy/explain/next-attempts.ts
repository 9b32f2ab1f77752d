import type { Instance } from '../../discovery/index.js';
import type { Picking } from '../balancing/balancer.js';
import type { RetryCondition } from '../policy.js';
import type { Route } from '../routing/route.js';

/** One attempt that could be made. */
export interface NextAttempt {
  readonly instance: string;
  /** What has to become of the attempt before it; empty for the first. */
  readonly after: readonly RetryCondition[];
}

/** A request that is nobody's: it has no headers and meets instances only on paper. */
class PaperExchange implements Picking {
  readonly clientAddress = '';
  readonly attemptStartedAt = performance.now();
  affinityCookie: string | undefined = undefined;
  private readonly tried = new Set<string>();

  header(): undefined {
    return undefined;
  }

  hasTried({ id }: Instance): boolean {
    return this.tried.has(id);
  }

  markTried({ id }: Instance): void {
    this.tried.add(id);
  }
}

const MOST = 3;

/**
 * Whom a request of `method` could meet now, in order: one draw of the route's kind of balancer, by the load of this moment.
 * The route's own is not asked, since that would use up somebody's turn.
 */
export function nextAttempts(
  { newBalancer, retries }: Route,
  available: readonly Instance[],
  method: string,
): readonly NextAttempt[] {
  const balancer = newBalancer();
  const exchange = new PaperExchange();
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
