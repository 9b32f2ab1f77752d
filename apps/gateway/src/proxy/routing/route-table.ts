import type { LiveServiceTable, ServiceEntry, ServiceTable } from '../../discovery/index.js';
import { PolicySources } from '../../policy/policy-sources.js';
import type { Route } from '../exchange/route.js';

/** Compiles the route of a service from its effective declaration. */
export type CompileRoute = (service: string, declaration: string) => Route;

/** A route and its source. */
interface Compiled {
  readonly route: Route;
  readonly declaration: string;
  entry: ServiceEntry;
}

/**
 * The compiled routes of services. A route is compiled on first use and kept, with the state of its balancer, until
 * the service is gone or has another effective policy.
 */
export class RouteTable {
  private readonly routes = new Map<string, Compiled>();

  constructor(
    private readonly services: LiveServiceTable,
    private readonly compile: CompileRoute,
    private readonly policies = new PolicySources(),
  ) {
    services.onChange((table) => this.followServices(table));
    policies.onChange(() => this.followPolicies());
  }

  /** `undefined` for an unknown name. Names are matched exactly. */
  get(service: string): Route | undefined {
    return this.routes.get(service)?.route ?? this.compiled(service);
  }

  private compiled(service: string): Route | undefined {
    const entry = this.services.current.get(service);
    if (!entry) return undefined;
    const declaration = this.policies.declarationOf(entry);
    const route = this.compile(service, declaration);
    this.routes.set(service, { route, declaration, entry });
    return route;
  }

  private followServices(table: ServiceTable): void {
    for (const [service, known] of this.routes) {
      const entry = table.get(service);
      if (entry === known.entry) continue;
      if (entry && this.policies.declarationOf(entry) === known.declaration) known.entry = entry;
      else this.routes.delete(service);
    }
  }

  private followPolicies(): void {
    for (const [service, { entry, declaration }] of this.routes)
      if (this.policies.declarationOf(entry) !== declaration) this.routes.delete(service);
  }
}
