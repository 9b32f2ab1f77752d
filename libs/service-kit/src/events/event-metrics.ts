import { Counter, Gauge, type Registry } from 'prom-client';
import type { ParkedEvents } from './consumer/parked-events.js';
import type { OutboxRows } from './outbox/outbox-rows.js';
import type { ConsumerGroup } from './transport/event-transport.js';

/** Counts the events of a service; its gauges read the store when they are scraped. */
export class EventMetrics {
  private readonly handled;
  private readonly failed;
  private readonly dead;

  constructor(private readonly registry: Registry) {
    this.handled = this.counter('events_handled_total', 'Events that a handler has handled, or skipped.');
    this.failed = this.counter('events_failed_total', 'Failed attempts to handle an event.');
    this.dead = this.counter(
      'events_dead_total',
      'Events that became dead letters after their last attempt.',
    );
  }

  /** Lets the counters of these types start at 0, so that the first increase is visible. */
  declare(types: readonly string[]): void {
    for (const counter of [this.handled, this.failed, this.dead])
      for (const type of types) counter.inc({ type }, 0);
  }

  recordHandled(type: string): void {
    this.handled.inc({ type });
  }

  recordFailure(type: string): void {
    this.failed.inc({ type });
  }

  recordDeadLetter(type: string): void {
    this.dead.inc({ type });
  }

  /** Adds the gauges of the store. While it is unavailable they have no samples. */
  observe(rows: OutboxRows, parked: ParkedEvents): void {
    const registers = [this.registry];
    const oldest = new Gauge({
      name: 'events_outbox_oldest_seconds',
      help: 'Age of the oldest event that is not sent; 0 without any.',
      registers,
    });
    new Gauge({
      name: 'events_outbox_depth',
      help: 'Events that are not sent; 10001 for more than 10000.',
      registers,
      async collect() {
        const state = await rows.state().catch(() => undefined);
        this.set(state?.waiting ?? NaN);
        oldest.set(state ? state.oldestMs / 1000 : NaN);
      },
    });
    new Gauge({
      name: 'events_parked',
      help: 'Events whose handler failed, and later events of their subjects; state dead: without further attempts. 10001 for more than 10000.',
      labelNames: ['state'],
      registers,
      async collect() {
        const counts = await parked.counts().catch(() => undefined);
        this.set({ state: 'waiting' }, counts?.waiting ?? NaN);
        this.set({ state: 'dead' }, counts?.dead ?? NaN);
      },
    });
  }

  /** Adds the gauge of the groups that `read` returns. While it rejects there are no samples. */
  observeGroups(read: () => Promise<readonly ConsumerGroup[]>): void {
    new Gauge({
      name: 'events_group_lag_seconds',
      help: 'Age of the oldest event of this service that a consumer group has not handled; 0 without any. Only with Redis.',
      labelNames: ['group'],
      registers: [this.registry],
      async collect() {
        const known = await read().catch(() => []);
        this.reset();
        for (const { name, lagMs } of known) this.set({ group: name }, lagMs / 1000);
      },
    });
  }

  private counter(name: string, help: string): Counter<'type'> {
    return new Counter({ name, help, labelNames: ['type'], registers: [this.registry] });
  }
}
