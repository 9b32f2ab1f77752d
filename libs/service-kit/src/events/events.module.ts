import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type FactoryProvider,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Kysely } from 'kysely';
import { Registry } from 'prom-client';
import type { Tracer } from '#registry-client';
import type { Logger } from '../logging/logger.js';
import { DATABASE } from '../storage/storage.module.js';
import { EventConsumer } from './consumer/event-consumer.js';
import { EventServer } from './consumer/event-server.js';
import { HandledEvents } from './consumer/handled-events.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { EventBacklog } from './event-backlog.js';
import { EventMetrics } from './event-metrics.js';
import { LiveStreams } from './live/live-streams.js';
import { OutboxTail } from './live/outbox-tail.js';
import { EVENT_TRANSPORT, type ConsumerGroup, type EventTransport } from './transport/event-transport.js';
import { Outbox } from './outbox/outbox.js';
import { OutboxProgress } from './outbox/outbox-progress.js';
import { OutboxRelay } from './outbox/outbox-relay.js';
import { OutboxRows } from './outbox/outbox-rows.js';

/** The consumer groups of a service's events. */
class ConsumerGroups {
  constructor(
    private readonly service: string,
    private readonly transport: Pick<EventTransport, 'groups'>,
  ) {}

  /** None without a transport that stores events. */
  async read(): Promise<readonly ConsumerGroup[]> {
    return (await this.transport.groups?.(this.service)) ?? [];
  }
}

/** The events of one service. */
export interface EventsOptions {
  /** Source of its events, and its consumer group. */
  readonly service: string;
  readonly transport: EventTransport;
  readonly logger: Logger;
  /** `undefined` without traces. */
  readonly tracer: Tracer | undefined;
  /** Exports the registry for the metrics. */
  readonly metrics: DynamicModule;
}

/** Sends the events of a service from its outbox, and passes events to its handlers. */
@Module({})
export class EventsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly relay: OutboxRelay,
    metrics: EventMetrics,
    rows: OutboxRows,
    parked: ParkedEvents,
    groups: ConsumerGroups,
  ) {
    metrics.observe(rows, parked);
    metrics.observeGroups(() => groups.read());
  }

  static of({ service, transport, logger, tracer, metrics }: EventsOptions): DynamicModule {
    const inStore = (part: new (database: Kysely<unknown>, service: string) => object): FactoryProvider => ({
      provide: part,
      useFactory: (database: Kysely<unknown>) => new part(database, service),
      inject: [DATABASE],
    });
    return {
      module: EventsModule,
      global: true,
      imports: [metrics],
      controllers: [DeadLettersController],
      providers: [
        ...[Outbox, OutboxRows, OutboxProgress, HandledEvents, ParkedEvents].map(inStore),
        { provide: EVENT_TRANSPORT, useValue: transport },
        EventBacklog,
        { provide: ConsumerGroups, useValue: new ConsumerGroups(service, transport) },
        {
          provide: EventMetrics,
          useFactory: (registry: Registry) => new EventMetrics(registry),
          inject: [Registry],
        },
        {
          provide: OutboxRelay,
          useFactory: (
            outbox: Outbox,
            rows: OutboxRows,
            progress: OutboxProgress,
            handled: HandledEvents,
            tail: OutboxTail,
          ) => {
            const parts = { service, outbox, rows, progress, handled, transport, logger };
            return new OutboxRelay({ ...parts, onNumbered: () => tail.wake() });
          },
          inject: [Outbox, OutboxRows, OutboxProgress, HandledEvents, OutboxTail],
        },
        {
          provide: OutboxTail,
          useFactory: (rows: OutboxRows) => new OutboxTail(rows, logger),
          inject: [OutboxRows],
        },
        {
          provide: LiveStreams,
          useFactory: (tail: OutboxTail, rows: OutboxRows) => new LiveStreams(tail, rows),
          inject: [OutboxTail, OutboxRows],
        },
        {
          provide: EventConsumer,
          useFactory: (parked: ParkedEvents, eventMetrics: EventMetrics) =>
            new EventConsumer({ parked, metrics: eventMetrics, logger }),
          inject: [ParkedEvents, EventMetrics],
        },
        {
          provide: EventServer,
          useFactory: (consumer: EventConsumer) => new EventServer(service, transport, consumer, tracer),
          inject: [EventConsumer],
        },
      ],
      exports: [EVENT_TRANSPORT, Outbox, OutboxRows, HandledEvents, ParkedEvents, EventBacklog, LiveStreams],
    };
  }

  onApplicationBootstrap(): void {
    this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}
