import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { CloudEvent } from '#contracts';
import type { Tracer } from '#registry-client';
import { inTraceOf } from '../event-spans.js';
import type { EventSubscription, EventTransport } from '../transport/event-transport.js';
import type { EventConsumer } from './event-consumer.js';

/** Nest's server for the event handlers of one service, over an event transport. */
export class EventServer extends Server implements CustomTransportStrategy {
  /** Failures reach the consumer, which logs them. */
  override readonly propagatesEventHandlerErrors: boolean = true;
  private subscription: EventSubscription | undefined;

  /**
   * @param service name of the consumer group
   * @param tracer records each handler that runs; `undefined` without traces
   */
  constructor(
    private readonly service: string,
    private readonly transport: EventTransport,
    private readonly consumer: EventConsumer,
    private readonly tracer: Tracer | undefined,
  ) {
    super();
  }

  /** @throws when the service has a handler for this type: they would share one record of what is handled. */
  override addHandler(
    type: string,
    handler: MessageHandler,
    isEventHandler?: boolean,
    extras?: Record<string, unknown>,
  ): void {
    if (this.messageHandlers.has(type)) throw new Error(`${this.service} has two handlers for ${type}`);
    super.addHandler(type, handler, isEventHandler, extras);
  }

  /** Subscribes to the types for which the service has handlers. */
  listen(callback: (error?: unknown) => void): void {
    this.subscribe().then(
      () => callback(),
      (error: unknown) => callback(error),
    );
  }

  async close(): Promise<void> {
    await this.subscription?.close();
    await this.consumer.stop();
  }

  /** This server has no events of its own. */
  on(): void {
    throw new Error('an event server emits no events');
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- declared by Nest
  unwrap<T>(): T {
    return this.transport as T;
  }

  private async subscribe(): Promise<void> {
    const types = [...this.messageHandlers.keys()];
    if (types.length === 0) return;
    this.consumer.start(types, (event) => this.handle(event));
    this.subscription = await this.transport.subscribe(
      this.service,
      types,
      (event) => this.consumer.receive(event),
      () => this.consumer.takeOver(),
    );
  }

  private async handle(event: CloudEvent): Promise<void> {
    const handler = this.messageHandlers.get(event.type);
    // A parked event of another version of the service.
    if (!handler) throw new Error(`there is no handler for ${event.type}`);
    const run = async (): Promise<void> => {
      const result: unknown = await handler(event);
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
    };
    await inTraceOf(event, this.service, this.tracer, run);
  }
}
