import type { Logger } from '#service-kit';
import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import type { Routed, SelectionObserver } from '../balancing/candidates.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Failure } from '../exchange/failure.js';
import type { RouteFacts } from '../exchange/exchange-state.js';
import { routeOf } from '../exchange/route.js';

/** Instances that one line lists; a larger fleet is counted. */
const MAX_LISTED = 10;

/** One selection of an instance and what became of the attempt. */
interface LoggedAttempt {
  /** `null`: none was left. */
  readonly instance: string | null;
  readonly balancer: string;
  readonly version: string | undefined;
  failure?: string;
  detail?: string;
}

/** What is known of an exchange before it ends. */
interface Selections {
  readonly candidates: readonly object[];
  readonly candidateCount: number;
  readonly attempts: LoggedAttempt[];
}

/**
 * Logs for each exchange why it went where it did: route, candidates, selections with the cause of each retry, and the
 * instances that were out of rotation. In use while the level is `DEBUG`; before and after, forwarding does not know
 * it.
 */
export class ForwardingLog implements SelectionObserver {
  private readonly running = new WeakMap<object, Selections>();

  constructor(
    private readonly logger: Pick<Logger, 'debug'>,
    private readonly services: LiveServiceTable,
  ) {}

  selected(exchange: Routed, candidates: readonly Instance[], instance: Instance | undefined): void {
    const { balancer, versions } = routeOf(exchange);
    const { name } = versions?.get(exchange.version)?.balancer ?? balancer;
    this.selectionsOf(exchange, candidates).attempts.push({
      instance: instance?.id ?? null,
      balancer: name,
      version: exchange.version,
    });
  }

  attemptFailed(exchange: object, { id }: Instance, { kind, detail }: Failure): void {
    const attempts = this.running.get(exchange)?.attempts ?? [];
    const attempt = attempts.findLast(({ instance, failure }) => instance === id && failure === undefined);
    if (attempt) Object.assign(attempt, { failure: kind, detail });
  }

  write(exchange: Exchange): void {
    const { requestId, route, stagesPassed, refusal, cache, problemCode, status, hedge } = exchange;
    this.logger.debug(
      {
        requestId,
        service: route?.service,
        route: route?.name,
        stagesPassed,
        refusal,
        cache,
        ...this.running.get(exchange),
        hedge: hedge?.outcome,
        outOfRotation: route && this.outOfRotation(route),
        status,
        problem: problemCode,
      },
      exchange.attempts > 0 ? 'Request forwarded' : 'Request not forwarded',
    );
    this.running.delete(exchange);
  }

  private selectionsOf(exchange: object, candidates: readonly Instance[]): Selections {
    const known = this.running.get(exchange);
    if (known) return known;
    const selections = {
      candidates: candidates.slice(0, MAX_LISTED).map(describe),
      candidateCount: candidates.length,
      attempts: [],
    };
    this.running.set(exchange, selections);
    return selections;
  }

  private outOfRotation({ service }: Pick<RouteFacts, 'service'>): readonly object[] {
    const entry = this.services.current.get(service);
    const others = entry?.instances.filter((instance) => !entry.available.includes(instance)) ?? [];
    return others.slice(0, MAX_LISTED).map(({ id, status, statusReason }) => ({ id, status, statusReason }));
  }
}

const describe = ({ id, weight, load }: Instance): object => ({
  id,
  weight,
  inFlight: load.inFlight,
  latencyMs: Math.round(load.latencyMs * 1000) / 1000,
});
