import type { CloudEvent } from '#contracts';
import { errorProperties } from '../../errors/error-properties.js';
import type { Logger } from '../../logging/logger.js';
import { RepeatedWarning } from '../../logging/repeated-warning.js';
import type { EventMetrics } from '../event-metrics.js';
import type { EventHandler } from '../transport/event-transport.js';
import { RepeatedWork } from '../repeated-work.js';
import { MAX_ATTEMPTS } from './attempts.js';
import { withTimeLimit } from './handler-timeout.js';
import type { ParkedEvents } from './parked-events.js';
import type { ParkedEvent } from './parked-row.js';

const POLL_MS = 1000;
/** Subjects whose parked events one process attempts at the same time. */
const BATCH = 16;

/** The parts of a consumer. */
export interface EventConsumerOptions {
  readonly parked: ParkedEvents;
  readonly metrics: EventMetrics;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/**
 * Handles the events of one service. An event whose handler fails is parked in the service's store and attempted again
 * later; events of other subjects go on, later ones of the same subject wait behind it.
 */
export class EventConsumer {
  private readonly retries: RepeatedWork;
  private readonly skipped: RepeatedWarning;
  private handle: EventHandler = () => Promise.resolve();
  private types: readonly string[] = [];

  constructor(private readonly options: EventConsumerOptions) {
    this.skipped = new RepeatedWarning(
      options.logger,
      'Parked events are skipped: no process handles their types any longer',
    );
    this.retries = new RepeatedWork(
      () => this.attemptParked(),
      POLL_MS,
      (err) => {
        if (err !== undefined) options.logger.warn({ err }, 'Parked events cannot be read; retrying');
      },
    );
  }

  /** Handles events of `types` by `handle` from now on, parked ones first. */
  start(types: readonly string[], handle: EventHandler): void {
    this.options.metrics.declare(types);
    this.types = types;
    this.handle = withTimeLimit(handle);
    this.retries.wake();
  }

  stop(): Promise<void> {
    return this.retries.stop();
  }

  /** Another process may have handled events, and parked some. */
  takeOver(): void {
    this.options.parked.forget();
  }

  /** Handles or parks an event; one of another type waits for a process that handles it. Rejects only if it can do neither. */
  async receive(event: CloudEvent): Promise<void> {
    const { parked } = this.options;
    if (!this.handles(event) || (await parked.holdsSubjectOf(event))) return parked.park(event);
    try {
      await this.attempt(event);
    } catch (error) {
      await parked.park(event, messageOf(error));
      this.options.logger.warn(
        { err: error, ...fieldsOf(event) },
        'Event handler failed; it will be retried',
      );
    }
  }

  private async attempt(event: CloudEvent): Promise<void> {
    const { metrics } = this.options;
    try {
      await this.handle(event);
      metrics.recordHandled(event.type);
    } catch (error) {
      metrics.recordFailure(event.type);
      throw error;
    }
  }

  private async attemptParked(): Promise<void> {
    while (!this.retries.isStopped) {
      const due = await this.options.parked.claimDue(BATCH, this.types);
      if (due.length === 0) return;
      await Promise.all(due.map((event) => this.attemptAgain(event)));
    }
  }

  private handles({ type }: CloudEvent): boolean {
    return this.types.includes(type);
  }

  /** No version of this service that handles the event has run for long, and none has failed to. */
  private async skip(event: CloudEvent): Promise<void> {
    await this.options.parked.remove(event);
    this.skipped.record(fieldsOf(event));
  }

  private async attemptAgain({ event, attempts, error: failure }: ParkedEvent): Promise<void> {
    const { parked, logger, metrics } = this.options;
    if (failure === null && !this.handles(event)) return this.skip(event);
    try {
      await this.attempt(event);
      await parked.remove(event);
      if (attempts > 0) logger.info(fieldsOf(event), 'Event handled after earlier failures');
    } catch (error) {
      // Without a handler every attempt fails.
      const failures = this.handles(event) ? attempts + 1 : MAX_ATTEMPTS;
      if (await parked.postpone(event, failures, messageOf(error))) return;
      metrics.recordDeadLetter(event.type);
      logger.error({ err: error, ...fieldsOf(event) }, 'Event became a dead letter; its subject waits');
    }
  }
}

const messageOf = (error: unknown): string => errorProperties(error).message ?? String(error);

const fieldsOf = ({ id, type, source, subject }: CloudEvent) => ({ eventId: id, type, source, subject });
