import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Registry } from 'prom-client';
import { processRegistry, type MetricFamily } from '#service-kit';
import { FURTHER_FAMILIES, GatewayMetricsController } from './gateway-metrics.controller.js';
import { INSTANCE_DIRECTORY, type InstanceDirectory } from './instance-directory.js';
import { TrafficMetrics } from './traffic-metrics.js';

const CLEANUP_INTERVAL_MS = 60_000;

/** Dependencies that the composition root provides. */
export interface GatewayMetricsBindings {
  readonly imports: DynamicModule['imports'] & {};
  readonly directory: Pick<FactoryProvider<InstanceDirectory>, 'useFactory' | 'inject'>;
  /** Families of other modules, built for each scrape. */
  readonly furtherFamilies: () => readonly MetricFamily[];
}

/** Metrics of traffic and of the process, and their endpoint. */
@Module({})
export class GatewayMetricsModule implements OnModuleInit, OnModuleDestroy {
  private cleanup: NodeJS.Timeout | undefined;

  constructor(
    private readonly traffic: TrafficMetrics,
    @Inject(INSTANCE_DIRECTORY) private readonly directory: InstanceDirectory,
  ) {}

  static of({ imports, directory, furtherFamilies }: GatewayMetricsBindings): DynamicModule {
    return {
      module: GatewayMetricsModule,
      imports,
      controllers: [GatewayMetricsController],
      providers: [
        { provide: INSTANCE_DIRECTORY, ...directory } as FactoryProvider<InstanceDirectory>,
        { provide: FURTHER_FAMILIES, useValue: furtherFamilies },
        { provide: TrafficMetrics, useFactory: trafficMetrics, inject: [INSTANCE_DIRECTORY] },
        { provide: Registry, useFactory: processRegistry },
      ],
      exports: [TrafficMetrics],
    };
  }

  onModuleInit(): void {
    const dropStale = (): void => this.traffic.dropStale(this.directory, Date.now());
    this.cleanup = setInterval(dropStale, CLEANUP_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.cleanup);
  }
}

function trafficMetrics(directory: InstanceDirectory): TrafficMetrics {
  const traffic = new TrafficMetrics();
  directory.onEjection((service, reason) => traffic.service(service).ejections.add(reason));
  return traffic;
}
