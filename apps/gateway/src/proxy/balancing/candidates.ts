import type { Instance, LiveServiceTable } from '../../discovery/index.js';
import { routeOf, type Route } from '../exchange/route.js';
import type { Picking } from '../exchange/balancer.js';
import { hasUntried } from './weighted-versions.js';

/** The part of an exchange that determines its candidate instances. */
export interface Routed extends Picking {
  readonly route: Route | undefined;
  readonly version: string | undefined;
}

/** An exchange that can be moved to another version. */
export interface Movable extends Routed {
  version: string | undefined;
  readonly cohort: number;
}

/** Is told of each selection, while selections are logged. */
export interface SelectionObserver {
  selected(exchange: Routed, candidates: readonly Instance[], instance: Instance | undefined): void;
}

/** Instances that can take the attempts of an exchange at this moment. */
export class Candidates {
  constructor(private readonly services: LiveServiceTable) {}

  /** The available instances of the routed service, of the version of the exchange if its route has versions. */
  of(exchange: Routed): readonly Instance[] {
    const { service, versions } = routeOf(exchange);
    const entry = this.services.current.get(service);
    if (!versions) return entry?.available ?? NONE;
    return versions.get(exchange.version)?.instancesIn(entry?.availableByVersion ?? NONE) ?? NONE;
  }

  /** The instance picked by the route's balancer; `undefined` when all are full or have been tried. */
  select(exchange: Routed): Instance | undefined {
    const { balancer, versions } = routeOf(exchange);
    const own = versions?.get(exchange.version)?.balancer ?? balancer;
    return own.pick(this.of(exchange), exchange);
  }

  /**
   * Moves an exchange to another version if its own has no instance that it has not tried, and picks one there;
   * `undefined` if there is none. An instance that is only full keeps the exchange in its version.
   */
  selectInOtherVersion(exchange: Movable): Instance | undefined {
    const { service, versions } = routeOf(exchange);
    if (!versions || hasUntried(this.of(exchange), exchange)) return undefined;
    const available = this.services.current.get(service)?.availableByVersion ?? NONE;
    const other = versions.select(exchange.cohort, available, exchange);
    if (other === undefined) return undefined;
    exchange.version = other;
    return this.select(exchange);
  }

  /** Whether another instance is available that this exchange has not tried. */
  hasOther(exchange: Routed, { id }: Instance): boolean {
    return this.of(exchange).some((other) => other.id !== id && !exchange.hasTried(other));
  }

  /** The current table entry of instance `id`, if it is still available. */
  selectAgain(exchange: Routed, id: string | undefined): Instance | undefined {
    return this.of(exchange).find((each) => each.id === id);
  }
}

/** {@link Candidates} with an observer. */
export class ObservedCandidates extends Candidates {
  constructor(
    services: LiveServiceTable,
    private readonly observer: SelectionObserver,
  ) {
    super(services);
  }

  override select(exchange: Routed): Instance | undefined {
    const instance = super.select(exchange);
    this.observer.selected(exchange, this.of(exchange), instance);
    return instance;
  }

  override selectAgain(exchange: Routed, id: string | undefined): Instance | undefined {
    const instance = super.selectAgain(exchange, id);
    this.observer.selected(exchange, this.of(exchange), instance);
    return instance;
  }
}

const NONE: readonly Instance[] = [];
