import { Module, type DynamicModule } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { DiscoveryModule, LiveServiceTable } from './discovery/index.js';
import type { GatewayConfig } from './gateway.config.js';
import { MetricsModule } from './metrics/index.js';
import {
  INSTANCE_REPORTS,
  NO_REPORTS,
  ProxyModule,
  TableDirectory,
  type FrontServer,
} from './proxy/index.js';

/** Composition root of the gateway. */
@Module({})
export class GatewayModule {
  /** @param front the listening server, made before Nest is */
  static of(config: GatewayConfig, context: AppContext, front: FrontServer): DynamicModule {
    const discovery = DiscoveryModule.of(config, context);
    const metrics = MetricsModule.of({
      imports: [discovery],
      directory: {
        useFactory: (services: LiveServiceTable) => new TableDirectory(services),
        inject: [LiveServiceTable],
      },
    });
    const proxy = ProxyModule.of({
      config,
      context,
      front,
      imports: [discovery, metrics],
      reports: { provide: INSTANCE_REPORTS, useValue: NO_REPORTS },
    });
    return { module: GatewayModule, imports: [discovery, metrics, proxy] };
  }
}
