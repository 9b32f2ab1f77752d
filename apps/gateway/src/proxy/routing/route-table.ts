import type { LiveServiceTable, ServiceEntry, ServiceTable } from '../../discovery/index.js';
import { PolicySources, type RoutePlan, type ServicePlan } from '../../policy/policy-sources.js';
import type { Route } from '../exchange/route.js';
import { ServiceRoutes } from './service-routes.js';

/**
 * Compiles a route from its plan.
 * @param related routes of the same service whose parts it may share: its own predecessor and the service's base route
 */
export type CompileRoute<R extends Route = Route> = (
  service: string,
  declaration: string,
  plan: RoutePlan,
  related: readonly R[],
) => R;

/** A route and what it was compiled from. */
interface Compiled<R> {
  readonly route: R;
  readonly text: string;
}

/** The routes of a service, by name; the base route has none. */
interface CompiledService<R> {
  readonly routes: ServiceRoutes;
  readonly byName: ReadonlyMap<string | undefined, Compiled<R>>;
  readonly text: string;
  /** What the table had for the service and for other services that receive its requests. */
  entries: Entries;
}

type Entries = ReadonlyMap<string, ServiceEntry | undefined>;

/**
 * The compiled routes of services. A service's routes are compiled on first use. A route is kept, with the state of its
 * balancer, limits and breaker, until its service is gone or its effective policy changes.
 */
export class RouteTable<R extends Route = Route> {
  private readonly current = new Map<string, CompiledService<R>>();
  /** Routes that were in use before a change of their service. */
  private readonly previous = new Map<string, CompiledService<R>>();

  constructor(
    private readonly services: LiveServiceTable,
    private readonly compile: CompileRoute<R>,
    private readonly policies = new PolicySources(),
  ) {
    services.onChange((table) => this.followServices(table));
    policies.onChange(() => this.followPolicies());
  }

  /** The routes of a service; `undefined` for an unknown name. Names are matched exactly. */
  routesOf(service: string): ServiceRoutes | undefined {
    return (this.current.get(service) ?? this.compiled(service))?.routes;
  }

  /** The route of requests that no other route of the service matches. */
  get(service: string): Route | undefined {
    return this.routesOf(service)?.base;
  }

  private compiled(service: string): CompiledService<R> | undefined {
    const plan = this.policies.planOf(service, this.services.current);
    if (!plan) return undefined;
    const known = this.previous.get(service)?.byName;
    const byName = new Map<string | undefined, Compiled<R>>();
    const keepOrCompile = (each: RoutePlan, base: readonly R[]): R => {
      const before = known?.get(each.name);
      const related = before ? [before.route, ...base] : base;
      const route =
        before?.text === each.text
          ? before.route
          : this.compile(each.target, each.declaration, each, related);
      byName.set(each.name, { route, text: each.text });
      return route;
    };
    const base = plan.base && keepOrCompile(plan.base, []);
    const others = plan.routes.map((each) => ({
      route: keepOrCompile(each, base && each.target === service ? [base] : []),
      match: each.match,
    }));
    const compiled = {
      routes: new ServiceRoutes(base, others),
      byName,
      text: textOf(plan),
      entries: entriesOf(service, plan, this.services.current),
    };
    this.previous.delete(service);
    this.current.set(service, compiled);
    return compiled;
  }

  private followServices(table: ServiceTable): void {
    for (const [service, compiled] of this.current)
      if ([...compiled.entries].some(([name, entry]) => table.get(name) !== entry))
        this.follow(service, compiled);
    for (const service of this.previous.keys())
      if (!this.policies.planOf(service, table)) this.previous.delete(service);
  }

  private followPolicies(): void {
    for (const [service, compiled] of [...this.current, ...this.previous]) this.follow(service, compiled);
  }

  private follow(service: string, compiled: CompiledService<R>): void {
    const table = this.services.current;
    const plan = this.policies.planOf(service, table);
    if (plan && textOf(plan) === compiled.text && this.current.has(service)) {
      compiled.entries = entriesOf(service, plan, table);
      return;
    }
    this.current.delete(service);
    if (plan) this.previous.set(service, withoutTexts(compiled, plan));
    else this.previous.delete(service);
  }
}

/**
 * `compiled` for `plan`: routes whose plan is another one have no text, so that they are compiled again even if their
 * plan is restored: what they depend on, such as keys, is no longer kept up to date.
 */
function withoutTexts<R>(compiled: CompiledService<R>, { base, routes }: ServicePlan): CompiledService<R> {
  const texts = new Map([...(base ? [base] : []), ...routes].map(({ name, text }) => [name, text]));
  const byName = [...compiled.byName].map(
    ([name, each]) => [name, each.text === texts.get(name) ? each : { ...each, text: '' }] as const,
  );
  return { ...compiled, byName: new Map(byName) };
}

const textOf = ({ base, routes }: ServicePlan): string =>
  JSON.stringify([base?.text, ...routes.map(({ text }) => text)]);

const entriesOf = (service: string, { routes }: ServicePlan, table: ServiceTable): Entries =>
  new Map([service, ...routes.map(({ target }) => target)].map((name) => [name, table.get(name)]));
