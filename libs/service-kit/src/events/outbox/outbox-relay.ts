import { newId } from '../../storage/new-id.js';
import type { Logger } from '../../logging/logger.js';
import type { HandledEvents } from '../consumer/handled-events.js';
import { TransportClosed, type EventTransport } from '../transport/event-transport.js';
import { RepeatedWork } from '../repeated-work.js';
import type { Outbox } from './outbox.js';
import type { OutboxProgress } from './outbox-progress.js';
import { LEASE_MS, type OutboxRows } from './outbox-rows.js';
import { UnsentNumbering } from './unsent-numbering.js';

/** Sent events are kept this long: a transport that has lost events receives again what a group has not handled. */
export const RETENTION_MS = 7 * 24 * 60 * 60 * 1000;

const BATCH = 100;
const POLL_MS = 1000;
const PROGRESS_INTERVAL_MS = 1000;
const PURGE_INTERVAL_MS = 60 * 1000;

/** A lease counts as held for half of its time: then a batch still fits in before another process can take it. */
const HELD_MS = LEASE_MS / 2;

/** The lease of this process. */
interface Lease {
  /** Sequence of the last event that was sent. */
  readonly sent: number;
  /** On the monotonic clock, milliseconds. */
  readonly heldUntil: number;
}

/** The parts of a relay. */
export interface OutboxRelayOptions {
  readonly service: string;
  readonly outbox: Outbox;
  readonly rows: OutboxRows;
  readonly progress: OutboxProgress;
  /** The positions of the service's own handlers, which expire like the events. */
  readonly handled: Pick<HandledEvents, 'purge'>;
  readonly transport: Pick<EventTransport, 'hasBegun' | 'send' | 'storedUpTo' | 'groups' | 'trim'>;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Called when events may have got their numbers. */
  readonly onNumbered?: () => void;
}

/**
 * Sends the events of an outbox in their order: after each commit of this process, and every second for events of other
 * processes. Of all processes with the same store one sends, by a lease in the store.
 */
export class OutboxRelay {
  private readonly owner = newId();
  private readonly work: RepeatedWork;
  private readonly numbering: UnsentNumbering;
  private isFailing = false;
  private purgedAt = -Infinity;
  private progressAt = -Infinity;
  private hasCommitted = false;
  /** What the transport had stored when it was last known. */
  private stored = 0;
  private lease: Lease | undefined;

  constructor(private readonly options: OutboxRelayOptions) {
    const { rows, onNumbered = () => undefined } = options;
    this.numbering = new UnsentNumbering(rows, () => this.stored, onNumbered);
    this.work = new RepeatedWork(
      () => this.runPass(),
      POLL_MS,
      (err) => this.report(err),
    );
  }

  /** Sends events as soon as the transport takes them. A process that stops before waits for nothing. */
  start(): void {
    const { hasBegun = Promise.resolve() } = this.options.transport;
    void hasBegun.then(() => this.begin());
  }

  /** Resolves after the batch that is being sent. */
  async stop(): Promise<void> {
    await Promise.all([this.work.stop(), this.numbering.stop()]);
    // If the store is unavailable, the lease expires.
    await this.options.rows.release(this.owner).catch(() => undefined);
  }

  private begin(): void {
    this.options.outbox.onCommit(() => {
      this.hasCommitted = true;
      this.work.wake();
      this.numbering.wake();
    });
    this.work.wake();
  }

  /** @param err the first failure to send; `undefined`: events are sent again */
  private report(err: unknown): void {
    const { logger } = this.options;
    // The process stops; the outbox keeps the events.
    if (err instanceof TransportClosed) return;
    this.isFailing = err !== undefined;
    if (err === undefined) {
      this.numbering.pause();
      logger.info('Events are sent again');
    } else {
      this.numbering.start();
      logger.warn({ err }, 'Events cannot be sent; the outbox keeps them and retries');
    }
  }

  /** Sends everything that waits. */
  private async runPass(): Promise<void> {
    const { service, transport } = this.options;
    // Before it takes the lease: the transport may not respond for long.
    if (this.isFailing) await transport.storedUpTo(service);
    if (this.hasCommitted || (await this.isBehind())) await this.sendAll();
    await this.recordProgress();
    await this.purge();
  }

  /** Whether events wait, those of other processes included, or the transport has lost some. */
  private async isBehind(): Promise<boolean> {
    const { service, rows, transport } = this.options;
    const { sent, waiting } = await rows.state();
    return waiting > 0 || Number((await transport.storedUpTo(service)) ?? sent) < sent;
  }

  private async sendAll(): Promise<void> {
    const { rows } = this.options;
    this.hasCommitted = false;
    const renewal = setInterval(() => void rows.lease(this.owner).catch(() => undefined), LEASE_MS / 3);
    try {
      while (!this.work.isStopped && (await this.sendBatch()));
    } catch (error) {
      this.lease = undefined;
      await rows.release(this.owner).catch(() => undefined);
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** `false`: nothing is left, or another process sends. */
  private async sendBatch(): Promise<boolean> {
    const { service, rows, progress, transport, onNumbered } = this.options;
    const sent = await this.heldLease();
    if (sent === undefined) return false;
    const stored = (await transport.storedUpTo(service)) ?? String(sent);
    this.stored = Number(stored);
    await rows.number(Math.max(sent, this.stored), BATCH);
    onNumbered?.();
    const isLost = Number(stored) < sent;
    const handled = isLost ? await progress.handledByAll() : undefined;
    const events = await rows.after(Math.max(Number(stored), handled ?? 0), BATCH);
    const last = events.at(-1);
    if (!last) {
      // A process ended between sending and recording it.
      if (Number(stored) > sent) await this.markSent(Number(stored));
      return false;
    }
    await transport.send(events, stored);
    await this.markSent(Number(last.sequence));
    return events.length === BATCH;
  }

  /** The sequence of the last event that was sent; `undefined` while another process sends. */
  private async heldLease(): Promise<number | undefined> {
    const now = performance.now();
    if (this.lease && now < this.lease.heldUntil) return this.lease.sent;
    const sent = await this.options.rows.lease(this.owner);
    this.lease = sent === undefined ? undefined : { sent, heldUntil: now + HELD_MS };
    return sent;
  }

  private async markSent(sequence: number): Promise<void> {
    const now = performance.now();
    const isHeld = await this.options.rows.markSent(this.owner, sequence);
    this.lease = isHeld ? { sent: sequence, heldUntil: now + HELD_MS } : undefined;
  }

  /** A transport that loses its events loses also how far they were handled. */
  private async recordProgress(): Promise<void> {
    const { service, progress, transport } = this.options;
    if (!transport.groups || performance.now() - this.progressAt < PROGRESS_INTERVAL_MS) return;
    await progress.record(await transport.groups(service));
    this.progressAt = performance.now();
  }

  private async purge(): Promise<void> {
    if (performance.now() - this.purgedAt < PURGE_INTERVAL_MS) return;
    const { service, rows, progress, handled, transport } = this.options;
    const now = Date.now();
    await rows.purge(now - RETENTION_MS);
    // Later than the events: an old event that is delivered again must find that it was handled.
    await handled.purge(now - 2 * RETENTION_MS);
    await progress.purge(now - RETENTION_MS);
    // Not what a group has not handled that the transport has lost for now. Before the first group, a consumer may still be added.
    const handledByAll = (await progress.handledByAll()) ?? (now - RETENTION_MS) * 1000;
    await transport.trim?.(service, handledByAll, RETENTION_MS);
    this.purgedAt = performance.now();
  }
}
