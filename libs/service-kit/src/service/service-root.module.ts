import { Module, Optional, type DynamicModule, type INestApplication } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import type { AppContext } from '../app/app-definition.js';
import { describeApp, type AppInfo } from '../docs/describe-app.js';
import { DocsModule } from '../docs/docs.module.js';
import { once } from '../docs/once.js';
import { withStoredValues, type StoredValues } from '../docs/stored-values.js';
import { AppReport } from '../app/app-report.js';
import { withinChecksTimeout } from '../app/within-checks-timeout.js';
import { EventBacklog } from '../events/event-backlog.js';
import { eventMigrations } from '../events/event-tables.js';
import { EventsIndicator } from '../events/events.indicator.js';
import { EventsModule } from '../events/events.module.js';
import { HealthModule } from '../health/health.module.js';
import { PatchBodyGuard } from '../http/patch-body.guard.js';
import { VersionedInterceptor } from '../http/versioned.js';
import { PageLinkInterceptor } from '../lists/page-link.interceptor.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { DatabaseIndicator } from '../storage/database.indicator.js';
import { TracingModule } from '../tracing/tracing.module.js';
import { storageUnavailable } from '../storage/storage.problems.js';
import { StorageModule, type StorageOptions } from '../storage/storage.module.js';

/** Any operation can meet a store that is away, or that rejects its write. */
const DOCUMENT = { problems: [storageUnavailable] };

/** The parts of a service. */
export interface ServiceParts {
  readonly info: AppInfo;
  readonly storage: Omit<StorageOptions, 'isTraced' | 'kitMigrations'>;
  readonly context: AppContext;
  readonly features: DynamicModule;
  /** See `ServiceDefinition.examples`. */
  readonly examples?: (nest: INestApplication) => Promise<StoredValues>;
}

/** The modules that every service has in addition to its features: store, health, metrics, documentation. */
@Module({})
export class ServiceRootModule {
  constructor(report: AppReport, @Optional() events?: EventBacklog) {
    if (events) report.events = () => events.read();
  }

  static of({ info, storage, context, features, examples }: ServiceParts): DynamicModule {
    const metrics = MetricsModule.of(context.exposesProcess);
    const { events: transport, logger, tracer } = context;
    return {
      module: ServiceRootModule,
      imports: [
        StorageModule.of({
          ...storage,
          kitMigrations: transport ? { events: eventMigrations(storage.name) } : {},
          isTraced: context.tracer !== undefined,
        }),
        HealthModule.of({
          readiness: context.readiness,
          indicators: [DatabaseIndicator, ...(transport ? [EventsIndicator] : [])],
        }),
        metrics,
        ...(transport
          ? [EventsModule.of({ service: storage.name, transport, logger, tracer, metrics })]
          : []),
        DocsModule.of({
          title: info.title,
          document: documentOf(context, info, examples),
        }),
        ...(context.tracer ? [TracingModule.of(context.tracer)] : []),
        features,
      ],
      providers: [
        { provide: AppReport, useValue: context.report },
        { provide: APP_GUARD, useClass: PatchBodyGuard },
        { provide: APP_INTERCEPTOR, useClass: VersionedInterceptor },
        { provide: APP_INTERCEPTOR, useClass: PageLinkInterceptor },
      ],
    };
  }
}

/** The document with the values that its examples need. Without them, as with a store that is away, it stays as it is. */
function documentOf(
  context: AppContext,
  info: AppInfo,
  examples?: ServiceParts['examples'],
): () => Promise<object> {
  const describe = once(() => describeApp(context.application(), info, DOCUMENT));
  if (!examples) return describe;
  return async () => {
    // The first description occupies the event loop for longer than the values may take.
    const document = await describe();
    const values = await withinChecksTimeout<StoredValues>(examples(context.application()).catch(() => ({})));
    return withStoredValues(document, values ?? {});
  };
}
