import { Inject, Injectable } from '@nestjs/common';
import { eventCount, MAX_EVENT_LAG_SECONDS } from '#contracts';
import { PublicHealthError, type HealthIndicator } from '../health/health-indicator.js';
import { EventBacklog } from './event-backlog.js';
import { EVENT_TRANSPORT, type EventTransport } from './transport/event-transport.js';

/** Shows how far events lag behind. The service serves its clients also without a transport. */
@Injectable()
export class EventsIndicator implements HealthIndicator {
  readonly name = 'events';
  readonly required = false;

  constructor(
    private readonly backlog: EventBacklog,
    @Inject(EVENT_TRANSPORT) private readonly transport: Pick<EventTransport, 'reach' | 'shortcoming'>,
  ) {}

  async check(): Promise<Readonly<Record<string, unknown>>> {
    const { waiting, oldestSeconds, deadLetters } = await this.backlog.read();
    if (oldestSeconds > MAX_EVENT_LAG_SECONDS)
      throw new PublicHealthError(
        `${eventCount(waiting)} events wait in the outbox, the oldest for ${oldestSeconds} s`,
      );
    if (this.transport.shortcoming !== undefined) throw new PublicHealthError(this.transport.shortcoming);
    return { reach: this.transport.reach, outbox: waiting, oldestSeconds, deadLetters };
  }
}
