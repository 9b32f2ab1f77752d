import type { OnReadOpts, Socket } from 'node:net';
import { HALF_CLOSED_MS, isGone } from '../../sockets/half-closed.js';
import { owned, ReadBuffer } from '../../sockets/read-buffer.js';
import { Timed } from '../../sockets/timer-wheel.js';
import type { ClientLimits } from '../../http1/client-limits.js';
import type { WirePlaneParts } from './client-owner.js';
import { unsentBytes, withOnread } from '../../sockets/node-internals.js';

/** The socket of a client connection: registers its listeners once and has one time-out at a time. */
export abstract class ClientSocket extends Timed {
  readonly socket: Socket;
  protected readonly buffer = new ReadBuffer();
  /** `bytesWritten` when the client closed its half; -1 before that. */
  private writtenAtEnd = -1;
  /** Another owner reads the socket as an ordinary stream. */
  private isReleased = false;

  constructor(
    accepted: Socket,
    private readonly parts: WirePlaneParts,
  ) {
    super();
    this.socket = withOnread(accepted, this.reading());
    this.socket
      .on('data', this.onData)
      .on('drain', this.onDrain)
      .on('end', this.onEnd)
      .on('timeout', this.onSocketTimeout)
      .on('error', this.onError)
      .on('close', this.onClose);
    this.limit(parts.limits.headMs);
  }

  /** @param bytes may be overwritten by the next read on any connection; see `owned` */
  protected abstract received(bytes: Buffer): void;
  /** Whether received bytes are still in use. */
  protected abstract get retainsBytes(): boolean;
  protected abstract drained(): void;
  /** The client has closed its half. */
  protected abstract halfClosed(): void;
  protected abstract closed(): void;
  /** A service has set a time-out of the socket, which has passed without data. */
  protected abstract socketTimedOut(): void;

  protected get limits(): ClientLimits {
    return this.parts.limits;
  }

  /** Calls `onTimeout` after `ms` milliseconds, unless the time-out is set again or cleared. */
  protected limit(ms: number): void {
    this.parts.wheel.set(this, ms);
  }

  protected unlimit(): void {
    this.parts.wheel.clear(this);
  }

  protected get isHalfClosed(): boolean {
    return this.writtenAtEnd !== -1;
  }

  protected get hasLeft(): boolean {
    return this.isHalfClosed && isGone(this.socket, this.writtenAtEnd);
  }

  /** Looks again after some time whether a client that has closed its half is still there. */
  protected awaitReader(): void {
    this.limit(HALF_CLOSED_MS);
  }

  /**
   * Closes the connection after all pending writes.
   * @param isAllRead if false, further input is read and discarded for a while, because a reset could destroy the
   * response (RFC 9112, section 9.6)
   */
  protected endAfterWrites(isAllRead: boolean): void {
    const { lingerMs, idleMs } = this.limits;
    const isSent = this.socket.writableLength === 0 && unsentBytes(this.socket) === 0;
    // Until the client has taken the response, only the limit for clients that do not read applies.
    this.limit(isSent ? lingerMs : idleMs);
    if (!isSent) this.socket.once('finish', () => this.limit(lingerMs));
    if (isAllRead) this.socket.destroySoon();
    else this.socket.end().resume();
  }

  /** Leaves reading to another owner; errors and the close of the socket are still handled here. */
  protected stopReading(): void {
    this.unlimit();
    this.isReleased = true;
    this.socket
      .off('data', this.onData)
      .off('drain', this.onDrain)
      .off('end', this.onEnd)
      .off('timeout', this.onSocketTimeout);
  }

  /**
   * Gives the socket to another owner. The error listener stays: a pending write may still fail, and an unhandled
   * error would end the process.
   */
  protected releaseSocket(): void {
    this.stopReading();
    this.socket.off('close', this.onClose);
  }

  private reading(): OnReadOpts {
    const { buffer } = this;
    const callback = (count: number): boolean => {
      const bytes = buffer.bytes(count);
      if (this.isReleased) return this.pass(owned(bytes));
      this.received(bytes);
      return true;
    };
    return { buffer: () => buffer.next(this.retainsBytes), callback };
  }

  /** Passes `bytes` to the new owner, as `push` does, which also schedules a tick for each read. */
  private pass(bytes: Buffer): boolean {
    const { socket } = this;
    if (!socket.readableFlowing || socket.readableLength > 0) return socket.push(bytes);
    socket.emit('data', bytes);
    return true;
  }

  private readonly onData = (bytes: Buffer): void => this.received(bytes);

  private readonly onDrain = (): void => this.drained();

  private readonly onSocketTimeout = (): void => this.socketTimedOut();

  private readonly onError = (): void => {
    this.socket.destroy();
  };

  private readonly onEnd = (): void => {
    this.writtenAtEnd = this.socket.bytesWritten;
    this.halfClosed();
  };

  private readonly onClose = (): void => {
    this.unlimit();
    this.closed();
  };
}
