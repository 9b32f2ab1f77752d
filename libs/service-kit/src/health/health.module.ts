import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Readiness } from '../app/readiness.js';
import { HealthController } from './health.controller.js';
import type { HealthIndicator } from './health-indicator.js';
import { HealthService, INDICATORS } from './health.service.js';

/** What the health of an app is made of. */
export interface HealthOptions {
  readonly readiness: Readiness;
  readonly indicators: readonly Type<HealthIndicator>[];
  /** Modules that export what the indicators inject. */
  readonly imports?: NonNullable<DynamicModule['imports']>;
}

/** `/health`, `/health/live` and `/health/ready`, by terminus. */
@Module({})
export class HealthModule {
  static of({ readiness, indicators, imports = [] }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      // Whoever polls sees what is down; terminus would log it at every poll.
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
