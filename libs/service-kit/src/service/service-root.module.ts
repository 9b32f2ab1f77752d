import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import type { AppContext } from '../app/app-definition.js';
import { HealthModule } from '../health/health.module.js';
import { VersionedInterceptor } from '../http/versioned.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { DatabaseIndicator } from '../storage/database.indicator.js';
import { StorageModule, type StorageOptions } from '../storage/storage.module.js';

/** What every service has beside its features: store, health, metrics. */
@Module({})
export class ServiceRootModule {
  static of(features: DynamicModule, storage: StorageOptions, context: AppContext): DynamicModule {
    return {
      module: ServiceRootModule,
      imports: [
        StorageModule.of(storage),
        HealthModule.of({ readiness: context.readiness, indicators: [DatabaseIndicator] }),
        MetricsModule,
        features,
      ],
      providers: [{ provide: APP_INTERCEPTOR, useClass: VersionedInterceptor }],
    };
  }
}
