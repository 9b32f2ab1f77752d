import { AsyncResource } from 'node:async_hooks';
import type { CloudEvent } from '#contracts';
import type { Logger } from '../../logging/logger.js';
import type { OutboxRows } from '../outbox/outbox-rows.js';
import { RepeatedWork } from '../repeated-work.js';

/** Events of other processes are found after this time at the latest, once they have their numbers. */
const POLL_MS = 500;
const BATCH = 100;

/** Receives the events of an outbox. */
export interface Follower {
  /** Called with events in the order of their sequences, without gaps. */
  receive(events: readonly CloudEvent[]): void;
}

/**
 * Follows the outbox of a service, whose events all processes of the service share. It reads once for all followers of this
 * process, and not at all without a follower.
 */
export class OutboxTail {
  private readonly followers = new Set<Follower>();
  /** Reading belongs to no request: it continues after the request that began it, outside of its trace. */
  private readonly scope = new AsyncResource('OutboxTail');
  private reading: Reading | undefined;

  constructor(
    private readonly rows: Pick<OutboxRows, 'after' | 'last'>,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  /** Followers have received the events up to this sequence; 0 without a follower. */
  get position(): number {
    return this.reading?.position ?? 0;
  }

  /**
   * Passes on events from now on. Resolves when {@link position} is known; the events after it will be received.
   * @throws while the store is unavailable
   */
  async follow(follower: Follower): Promise<void> {
    this.followers.add(follower);
    this.reading ??= new Reading(this.rows, this.followers, this.logger);
    try {
      await this.reading.begun;
    } catch (error) {
      this.unfollow(follower);
      throw error;
    }
    this.wake();
  }

  unfollow(follower: Follower): void {
    this.followers.delete(follower);
    if (this.followers.size > 0) return;
    void this.reading?.stop();
    this.reading = undefined;
  }

  /** Reads now. Without a follower it does nothing. */
  wake(): void {
    const { reading } = this;
    if (reading) this.scope.runInAsyncScope(() => reading.wake());
  }
}

/** From the first follower to the last one. */
class Reading {
  position = 0;
  readonly begun: Promise<void>;
  private readonly work: RepeatedWork;

  constructor(
    private readonly rows: Pick<OutboxRows, 'after' | 'last'>,
    private readonly followers: ReadonlySet<Follower>,
    logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.work = new RepeatedWork(
      () => this.read(),
      POLL_MS,
      (err) => {
        if (err === undefined) logger.info('Live views receive events again');
        else logger.warn({ err }, 'Events cannot be read from the outbox; live views wait');
      },
    );
    this.begun = this.begin();
  }

  wake(): void {
    this.work.wake();
  }

  stop(): Promise<void> {
    return this.work.stop();
  }

  private async begin(): Promise<void> {
    this.position = await this.rows.last();
  }

  private async read(): Promise<void> {
    await this.begun;
    let events: readonly CloudEvent[];
    do {
      events = await this.rows.after(this.position, BATCH);
      const last = events.at(-1);
      // The last follower may have left during the query.
      if (!last || this.work.isStopped) return;
      this.position = Number(last.sequence);
      for (const follower of this.followers) follower.receive(events);
    } while (events.length === BATCH);
  }
}
