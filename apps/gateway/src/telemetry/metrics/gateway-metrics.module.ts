import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Registry } from 'prom-client';
import { processRegistry } from '#service-kit';
import { Forgetting } from './forgetting.js';
import { INSTANCE_DIRECTORY, type InstanceDirectory } from './instance-directory.js';
import { MetricsController } from './metrics.controller.js';
import { TrafficMetrics } from './traffic-metrics.js';

/** Dependencies that the composition root provides. */
export interface MetricsBindings {
  readonly imports: DynamicModule['imports'] & {};
  readonly directory: Pick<FactoryProvider<InstanceDirectory>, 'useFactory' | 'inject'>;
}

/** Metrics of traffic and of the process, and their endpoint. */
@Module({})
export class MetricsModule {
  static of({ imports, directory }: MetricsBindings): DynamicModule {
    return {
      module: MetricsModule,
      imports,
      controllers: [MetricsController],
      providers: [
        { provide: INSTANCE_DIRECTORY, ...directory } as FactoryProvider<InstanceDirectory>,
        { provide: TrafficMetrics, useFactory: trafficMetrics, inject: [INSTANCE_DIRECTORY] },
        { provide: Registry, useFactory: processRegistry },
        {
          provide: Forgetting,
          useFactory: (traffic: TrafficMetrics, known: InstanceDirectory) => new Forgetting(traffic, known),
          inject: [TrafficMetrics, INSTANCE_DIRECTORY],
        },
      ],
      exports: [TrafficMetrics],
    };
  }
}

function trafficMetrics(directory: InstanceDirectory): TrafficMetrics {
  const traffic = new TrafficMetrics();
  directory.onEjection((service, reason) => traffic.service(service).ejections.add(reason));
  return traffic;
}
