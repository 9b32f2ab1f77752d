import type { BacklogDto, EventBacklogDto, HeartbeatDto } from '#contracts';
import { CallCounts } from '#registry-client';
import { SingleRead } from './single-read.js';
import { withinChecksTimeout } from './within-checks-timeout.js';

/** What an app reports with its heartbeats beside its load. Its modules write it. */
export class AppReport {
  readonly calls = new CallCounts();
  /** Counts the work that waits. A service without such work does not set it. */
  backlog: (() => Promise<BacklogDto>) | undefined = undefined;

  /** Counts the domain events of the service. A service without events does not set it. */
  events: (() => Promise<EventBacklogDto>) | undefined = undefined;

  private readonly backlogRead = new SingleRead<BacklogDto>();
  private readonly eventsRead = new SingleRead<EventBacklogDto>();

  /** Never rejects, and leaves out what takes too long: a heartbeat is sent even if the store does not respond. */
  async read(): Promise<Pick<HeartbeatDto, 'calls' | 'backlog' | 'events'>> {
    const { totals } = this.calls;
    const [backlog, events] = await Promise.all([
      this.backlog && withinChecksTimeout(this.backlogRead.start(this.backlog)),
      this.events && withinChecksTimeout(this.eventsRead.start(this.events)),
    ]);
    return {
      ...(totals.length > 0 && { calls: totals }),
      ...(backlog && { backlog }),
      ...(events && { events }),
    };
  }
}
