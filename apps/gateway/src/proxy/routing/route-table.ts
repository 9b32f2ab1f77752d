import type { LiveServiceTable } from '../../discovery/index.js';
import type { Route } from './route.js';

/** Makes the route of a service from its policy. */
export type CompileRoute = (service: string) => Route;

/**
 * The compiled route of every service that has one. A route is compiled when its service is first asked for and kept,
 * with what its balancer remembers, until the service is gone.
 */
export class RouteTable {
  private readonly routes = new Map<string, Route>();

  constructor(
    private readonly services: LiveServiceTable,
    private readonly compile: CompileRoute,
  ) {
    services.onChange((table) => {
      for (const service of this.routes.keys()) if (!table.get(service)) this.routes.delete(service);
    });
  }

  /** `undefined`: no such service. Names are matched exactly. */
  get(service: string): Route | undefined {
    return this.routes.get(service) ?? this.compiled(service);
  }

  private compiled(service: string): Route | undefined {
    if (!this.services.current.get(service)) return undefined;
    const route = this.compile(service);
    this.routes.set(service, route);
    return route;
  }
}
