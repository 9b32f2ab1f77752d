import { Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { MetricsController } from './metrics.controller.js';
import { measureRequests } from './http-metrics.js';
import { processRegistry } from './process-metrics.js';

/** Serves `/metrics` of a service. Each app has its own registry, because several apps may share a process. */
@Module({})
export class MetricsModule implements OnModuleInit {
  constructor(
    private readonly registry: Registry,
    private readonly host: HttpAdapterHost<FastifyAdapter>,
  ) {}

  /** @param exposesProcess whether `/metrics` includes the metrics of the process */
  static of(exposesProcess: boolean): DynamicModule {
    return {
      module: MetricsModule,
      controllers: [MetricsController],
      providers: [
        { provide: Registry, useFactory: () => (exposesProcess ? processRegistry() : new Registry()) },
      ],
      exports: [Registry],
    };
  }

  onModuleInit(): void {
    measureRequests(this.host.httpAdapter.getInstance(), this.registry);
  }
}
