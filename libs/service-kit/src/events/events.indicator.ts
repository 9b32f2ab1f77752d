import { Inject, Injectable } from '@nestjs/common';
import { PublicHealthError, type HealthIndicator } from '../health/health-indicator.js';
import { ParkedEvents } from './consumer/parked-events.js';
import { OutboxRows } from './outbox/outbox-rows.js';
import { EVENT_TRANSPORT, type EventTransport } from './transport/event-transport.js';

/** Age of the oldest event in the outbox from which its transport counts as degraded. */
const MAX_LAG_MS = 60_000;

/** Shows how far events lag behind. The service serves its clients also without a transport. */
@Injectable()
export class EventsIndicator implements HealthIndicator {
  readonly name = 'events';
  readonly required = false;

  constructor(
    private readonly rows: OutboxRows,
    private readonly parked: ParkedEvents,
    @Inject(EVENT_TRANSPORT) private readonly transport: Pick<EventTransport, 'reach'>,
  ) {}

  async check(): Promise<Readonly<Record<string, unknown>>> {
    const [{ waiting, oldestMs }, { dead }] = await Promise.all([this.rows.state(), this.parked.counts()]);
    const oldestSeconds = Math.round(oldestMs / 1000);
    if (oldestMs > MAX_LAG_MS)
      throw new PublicHealthError(`${waiting} events wait in the outbox, the oldest for ${oldestSeconds} s`);
    return { reach: this.transport.reach, outbox: waiting, oldestSeconds, deadLetters: dead };
  }
}
