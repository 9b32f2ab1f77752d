import type { LiveServiceTable, ServiceEntry, ServiceTable } from '../../discovery/index.js';
import { declarationOf } from '../../policy/policy-of-metadata.js';
import type { Route } from '../exchange/route.js';

/** Instances with a valid lease declare the policy; expired ones only if there are no others. */
const declaredBy = ({ live, instances }: ServiceEntry): string =>
  declarationOf(live.length > 0 ? live : instances);

/** Compiles the route of a service from the declaration of its instances. */
export type CompileRoute = (service: string, declaration: string) => Route;

/** A route and its source. */
interface Compiled {
  readonly route: Route;
  readonly declaration: string;
  entry: ServiceEntry;
}

/**
 * The compiled routes of services. A route is compiled on first use and kept, with the state of its balancer, until
 * the service is gone or declares another policy.
 */
export class RouteTable {
  private readonly routes = new Map<string, Compiled>();

  constructor(
    private readonly services: LiveServiceTable,
    private readonly compile: CompileRoute,
  ) {
    services.onChange((table) => this.follow(table));
  }

  /** `undefined` for an unknown name. Names are matched exactly. */
  get(service: string): Route | undefined {
    return this.routes.get(service)?.route ?? this.compiled(service);
  }

  private compiled(service: string): Route | undefined {
    const entry = this.services.current.get(service);
    if (!entry) return undefined;
    const declaration = declaredBy(entry);
    const route = this.compile(service, declaration);
    this.routes.set(service, { route, declaration, entry });
    return route;
  }

  private follow(table: ServiceTable): void {
    for (const [service, known] of this.routes) {
      const entry = table.get(service);
      if (entry === known.entry) continue;
      if (entry && declaredBy(entry) === known.declaration) known.entry = entry;
      else this.routes.delete(service);
    }
  }
}
