import { Injectable } from '@nestjs/common';
import type { EventBacklogDto } from '#contracts';
import { ParkedEvents } from './consumer/parked-events.js';
import { OutboxRows } from './outbox/outbox-rows.js';

/** Events of a service that are not sent, and events that it could not handle. Its processes share both. */
@Injectable()
export class EventBacklog {
  constructor(
    private readonly rows: OutboxRows,
    private readonly parked: ParkedEvents,
  ) {}

  async read(): Promise<EventBacklogDto> {
    const [{ waiting, oldestMs }, { dead }] = await Promise.all([this.rows.state(), this.parked.counts()]);
    return { waiting, oldestSeconds: Math.round(oldestMs / 1000), deadLetters: dead };
  }
}
