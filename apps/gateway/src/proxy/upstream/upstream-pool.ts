import type { ConnectionOptions } from 'node:tls';
import type { TimerWheel } from '../sockets/timer-wheel.js';
import type { Origin } from './origin.js';
import { UpstreamConnection, type ConnectionOwner } from './upstream-connection.js';

/** Maximum number of idle connections to one instance. Busy ones are bounded by the number of clients. */
const MAX_IDLE = 1_024;
/** The number of the first attempt, the only one that may use an idle connection. */
export const FIRST_ATTEMPT = 1;
/**
 * Maximum number of connections to one instance that may be connecting at a time. A burst must not overflow the
 * accept queue of the instance, which holds 50 to 511 connections by default; the kernel drops further ones.
 */
export const MAX_CONNECTING = 64;
/** Maximum idle time of a connection for a request that must not be sent twice. */
const FRESH_MS = 1_000;

/**
 * The connections to one instance. The most recently used one is reused first, so that others time out when load
 * falls.
 */
export class UpstreamPool implements ConnectionOwner {
  private readonly idle: UpstreamConnection[] = [];
  private readonly open = new Set<UpstreamConnection>();
  private readonly connecting = new Set<UpstreamConnection>();
  /** Connections that wait to be opened, in the order of their requests. */
  private readonly queued = new Set<UpstreamConnection>();
  hasConnected = false;
  private isClosing = false;
  private onEmpty: (() => void) | undefined;

  constructor(
    readonly origin: Origin,
    private readonly tls: ConnectionOptions,
    private readonly wheel: TimerWheel,
  ) {}

  /**
   * Returns a connection for a request: an idle one or a new one. A request that cannot be repeated does not get a
   * connection that was idle for {@link FRESH_MS}, because the instance might be closing it. A further attempt
   * always gets a new connection: an instance that restarts closes all its connections, and the previous attempt
   * used only one.
   * @param attempt number of the attempt, from 1
   */
  acquire(isRepeatable: boolean, attempt: number): UpstreamConnection {
    if (attempt > FIRST_ATTEMPT) return this.connect();
    const last = this.idle.at(-1);
    if (last && (isRepeatable || this.wheel.msSince(last.idleSinceTick) < FRESH_MS))
      return this.idle.pop() as UpstreamConnection;
    return this.connect();
  }

  /**
   * Returns a new connection.
   * @param mayTunnel whether the request asks for another protocol
   */
  connect(mayTunnel = false): UpstreamConnection {
    const connection = new UpstreamConnection(this.origin, this.tls, this.wheel, this, mayTunnel);
    this.open.add(connection);
    if (this.connecting.size < MAX_CONNECTING) this.begin(connection);
    else this.queued.add(connection);
    return connection;
  }

  connected(connection: UpstreamConnection): void {
    this.hasConnected = true;
    this.leaveConnecting(connection);
  }

  release(connection: UpstreamConnection): void {
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
    this.leaveConnecting(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at !== -1) this.idle.splice(at, 1);
    if (this.open.size === 0) this.onEmpty?.();
  }

  /** Closes idle connections now and busy ones after their exchange; resolves when all are closed. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const connection of [...this.idle]) connection.destroy();
    if (this.open.size > 0) await new Promise<void>((resolve) => (this.onEmpty = resolve));
  }

  /** Ends all connections as if the instance had closed them. */
  reset(): void {
    for (const connection of [...this.open]) connection.abort();
  }

  endEventStreams(): void {
    for (const connection of [...this.open]) connection.endEventStream();
  }

  private leaveConnecting(connection: UpstreamConnection): void {
    if (this.connecting.delete(connection)) this.beginNext();
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

  /** The first queued connection whose request can move to an idle one; a tunnel needs a new connection. */
  private firstMovable(): UpstreamConnection | undefined {
    for (const connection of this.queued) if (!connection.mayTunnel) return connection;
    return undefined;
  }
}
