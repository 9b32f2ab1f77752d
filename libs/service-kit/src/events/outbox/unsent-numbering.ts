import { newId } from '../../storage/new-id.js';
import { RepeatedWork } from '../repeated-work.js';
import type { OutboxRows } from './outbox-rows.js';

const BATCH = 100;
const POLL_MS = 1000;

/**
 * Numbers events while they cannot be sent: live views show them. It has the lease of the outbox only while it numbers, so
 * that another process, which may reach the transport, can send.
 */
export class UnsentNumbering {
  private readonly owner = newId();
  private readonly work: RepeatedWork;
  private isActive = false;

  /**
   * @param stored what the transport had stored when it was last known
   * @param onNumbered called when events may have got their numbers
   */
  constructor(
    private readonly rows: Pick<OutboxRows, 'lease' | 'number' | 'release'>,
    private readonly stored: () => number,
    private readonly onNumbered: () => void,
  ) {
    this.work = new RepeatedWork(
      () => this.run(),
      POLL_MS,
      // The relay needs the same store, and reports its failures.
      () => undefined,
    );
  }

  /** Numbers from now on: at once, when it is woken, and every second for events of other processes. */
  start(): void {
    this.isActive = true;
    this.work.wake();
  }

  pause(): void {
    this.isActive = false;
  }

  /** Does nothing unless it is started. */
  wake(): void {
    if (this.isActive) this.work.wake();
  }

  stop(): Promise<void> {
    return this.work.stop();
  }

  private async run(): Promise<void> {
    if (!this.isActive) return;
    while (!this.work.isStopped && (await this.numberBatch()));
    await this.rows.release(this.owner);
  }

  /** `false`: nothing is left, or another process has the lease. */
  private async numberBatch(): Promise<boolean> {
    const sent = await this.rows.lease(this.owner);
    if (sent === undefined) return false;
    const count = await this.rows.number(Math.max(sent, this.stored()), BATCH);
    if (count > 0) this.onNumbered();
    return count === BATCH;
  }
}
