import type { BacklogDto, EventBacklogDto, HeartbeatDto } from '#contracts';
import { CallCounts } from '#registry-client';

/** What an app reports with its heartbeats beside its load. Its modules write it. */
export class AppReport {
  readonly calls = new CallCounts();
  /** Counts the work that waits. A service without such work does not set it. */
  backlog: (() => Promise<BacklogDto>) | undefined = undefined;

  /** Counts the domain events of the service. A service without events does not set it. */
  events: (() => Promise<EventBacklogDto>) | undefined = undefined;

  /** Never rejects: a heartbeat is sent even if the store does not respond. */
  async read(): Promise<Pick<HeartbeatDto, 'calls' | 'backlog' | 'events'>> {
    const { totals } = this.calls;
    const [backlog, events] = await Promise.all([
      this.backlog?.().catch(() => undefined),
      this.events?.().catch(() => undefined),
    ]);
    return {
      ...(totals.length > 0 && { calls: totals }),
      ...(backlog && { backlog }),
      ...(events && { events }),
    };
  }
}
