import type { Provider } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { LiveServiceTable } from '../../discovery/index.js';
import type { GatewayConfig } from '../../gateway.config.js';
import { Explainer } from '../explain/explain.js';
import { INSTANCE_REPORTS, type InstanceReports } from '../instance-reports.js';
import { policyOf } from '../policy-of-metadata.js';
import { LoopLag } from '../resilience/loop-lag.js';
import { SilenceWatch } from '../resilience/silence-watch.js';
import { compileRoute, type RouteSurroundings } from './compile-route.js';
import { RouteTable, type CompileRoute } from './route-table.js';
import { Router } from './router.js';

type Logger = AppContext['logger'];

/** Routes, and what they are compiled around. */
export const routingProviders = ({ zone }: GatewayConfig, { logger }: AppContext): Provider[] => [
  { provide: LoopLag, useFactory: () => new LoopLag() },
  {
    provide: RouteTable,
    useFactory: (services: LiveServiceTable, lag: LoopLag) =>
      new RouteTable(services, compiler(logger, surroundingsOf(services, lag, zone, logger))),
    inject: [LiveServiceTable, LoopLag],
  },
  { provide: Router, useFactory: (routes: RouteTable) => new Router(routes), inject: [RouteTable] },
  {
    provide: Explainer,
    useFactory: (router: Router, services: LiveServiceTable) => new Explainer(router, services),
    inject: [Router, LiveServiceTable],
  },
  {
    provide: SilenceWatch,
    useFactory: (services: LiveServiceTable, reports: InstanceReports) => new SilenceWatch(services, reports),
    inject: [LiveServiceTable, INSTANCE_REPORTS],
  },
];

/** Compiles declared policies; what is wrong in one is told once per declaration. */
function compiler(logger: Logger, around: RouteSurroundings): CompileRoute {
  return (service, declaration) => {
    const { policy, faults } = policyOf(declaration);
    for (const fault of faults) logger.warn({ service, fault }, 'a declared policy is not taken');
    return compileRoute(service, policy, around);
  };
}

const surroundingsOf = (
  services: LiveServiceTable,
  lag: LoopLag,
  zone: string | undefined,
  logger: Logger,
): RouteSurroundings => ({
  zone,
  lag,
  availableOf: (service) => services.current.get(service)?.available.length ?? 0,
  onBreaker: (service, state) => logger.warn({ service, state }, 'the breaker of a service has changed'),
});
