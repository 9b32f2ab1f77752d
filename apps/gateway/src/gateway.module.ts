import { Module, type DynamicModule } from '@nestjs/common';
import type { AppContext } from '#service-kit';
import { DiscoveryModule } from './discovery/index.js';
import type { GatewayConfig } from './gateway.config.js';

/** Composition root of the gateway. */
@Module({})
export class GatewayModule {
  static of(config: GatewayConfig, context: AppContext): DynamicModule {
    return { module: GatewayModule, imports: [DiscoveryModule.of(config, context)] };
  }
}
