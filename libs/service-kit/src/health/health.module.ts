import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Readiness } from '../app/readiness.js';
import { HealthController } from './health.controller.js';
import type { HealthIndicator } from './health-indicator.js';
import { HealthService, INDICATORS } from './health.service.js';

/** Options of the health endpoints. */
export interface HealthOptions {
  readonly readiness: Readiness;
  readonly indicators: readonly Type<HealthIndicator>[];
  /** Modules that export what the indicators inject. */
  readonly imports?: NonNullable<DynamicModule['imports']>;
}

/** Serves `/health`, `/health/live` and `/health/ready` with terminus. */
@Module({})
export class HealthModule {
  static of({ readiness, indicators, imports = [] }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      // The poller sees which dependency is down; terminus would log it at every poll.
      imports: [TerminusModule.forRoot({ logger: false }), ...imports],
      controllers: [HealthController],
      providers: [
        HealthService,
        ...indicators,
        { provide: Readiness, useValue: readiness },
        {
          provide: INDICATORS,
          useFactory: (...all: HealthIndicator[]) => all,
          inject: [...indicators],
        },
      ],
    };
  }
}
