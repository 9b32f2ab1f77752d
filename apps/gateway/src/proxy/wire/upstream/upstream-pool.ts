import type { ConnectionOptions } from 'node:tls';
import type { TimerWheel } from '../timer-wheel.js';
import type { Origin } from './origin.js';
import { UpstreamConnection, type ConnectionKeeper } from './upstream-connection.js';

/** Idle connections that are kept to one instance; there are never more busy ones than clients. */
const MAX_IDLE = 1_024;
/** The attempt that may use a connection which has been idle. */
export const FIRST_ATTEMPT = 1;
/**
 * Connections to one instance that may be under way at a time: a burst of new ones must not overflow the accept queue of the instance,
 * which holds 50 to 511 by default, and whose kernel drops what does not fit.
 */
export const MAX_CONNECTING = 64;
/** How long a connection may have been idle to carry a request that must not be sent twice. */
const FRESH_MS = 1_000;

/** The connections to one instance. The one used last is used next, so that the others may go when load falls. */
export class UpstreamPool implements ConnectionKeeper {
  private readonly idle: UpstreamConnection[] = [];
  private readonly open = new Set<UpstreamConnection>();
  private readonly connecting = new Set<UpstreamConnection>();
  /** In the order of their requests. */
  private readonly queued = new Set<UpstreamConnection>();
  private isClosing = false;
  private onEmpty: (() => void) | undefined;

  constructor(
    readonly origin: Origin,
    private readonly tls: ConnectionOptions,
    private readonly wheel: TimerWheel,
  ) {}

  /**
   * A connection for a request: an idle one, or one that is being opened. A request that cannot be repeated gets none that
   * the instance might be closing at this moment. A repeated one gets none at all: an instance that restarts closes all
   * its connections, of which the last attempt met but the first.
   * @param attempt which one this is, from 1
   */
  take(isRepeatable: boolean, attempt: number): UpstreamConnection {
    if (attempt > FIRST_ATTEMPT) return this.connect();
    const last = this.idle.at(-1);
    if (last && (isRepeatable || this.wheel.msSince(last.idleSinceTick) < FRESH_MS))
      return this.idle.pop() as UpstreamConnection;
    return this.connect();
  }

  /**
   * A connection that has carried nothing yet.
   * @param mayTunnel for a request that asks for another protocol
   */
  connect(mayTunnel = false): UpstreamConnection {
    const connection = new UpstreamConnection(this.origin, this.tls, this.wheel, this, mayTunnel);
    this.open.add(connection);
    if (this.connecting.size < MAX_CONNECTING) this.begin(connection);
    else this.queued.add(connection);
    return connection;
  }

  connected(connection: UpstreamConnection): void {
    if (this.connecting.delete(connection)) this.beginNext();
  }

  keep(connection: UpstreamConnection): void {
    const waiting = this.queued.size > 0 && this.firstMovable();
    if (waiting) {
      waiting.moveTo(connection);
      return;
    }
    if (this.isClosing || this.idle.length >= MAX_IDLE) {
      connection.destroy();
      return;
    }
    connection.idleSinceTick = this.wheel.now;
    this.idle.push(connection);
  }

  forget(connection: UpstreamConnection): void {
    this.open.delete(connection);
    this.queued.delete(connection);
    this.connected(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at !== -1) this.idle.splice(at, 1);
    if (this.open.size === 0) this.onEmpty?.();
  }

  /** Closes what is idle now, and what is busy when it has finished. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const connection of [...this.idle]) connection.destroy();
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.onEmpty = resolve));
  }

  private begin(connection: UpstreamConnection): void {
    this.connecting.add(connection);
    connection.open();
  }

  private beginNext(): void {
    for (const next of this.queued) {
      this.queued.delete(next);
      this.begin(next);
      return;
    }
  }

  /** The first request in the queue that an idle connection can take; a tunnel has to have one of its own. */
  private firstMovable(): UpstreamConnection | undefined {
    for (const connection of this.queued) if (!connection.mayTunnel) return connection;
    return undefined;
  }
}
