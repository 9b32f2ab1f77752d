import type { OnReadOpts, Socket } from 'node:net';
import { HALF_CLOSED_MS } from '../../entrance/half-closed.js';
import { owned, ReadBuffer } from '../read-buffer.js';
import { Timed } from '../timer-wheel.js';
import type { ClientLimits } from './client-limits.js';
import type { WireEntranceParts } from './wire-entrance-parts.js';
import { withOnread } from './with-onread.js';

/** The socket below a client's connection: listens once for its whole life, and knows how long it may be still. */
export abstract class ClientSocket extends Timed {
  readonly socket: Socket;
  protected readonly buffer = new ReadBuffer();
  /** How much had been written when the client closed its half. */
  private writtenAtEnd = -1;
  /** Somebody else listens to the socket, in the way of any socket. */
  private isLetGo = false;

  constructor(
    accepted: Socket,
    private readonly parts: WireEntranceParts,
  ) {
    super();
    this.socket = withOnread(accepted, this.reading());
    this.socket
      .on('data', this.onData)
      .on('drain', this.onDrain)
      .on('end', this.onEnd)
      .on('error', this.onError)
      .on('close', this.onClose);
    this.limit(parts.limits.headMs);
  }

  /** @param bytes may be overwritten by the next read, of whatever connection; see `owned` */
  protected abstract received(bytes: Buffer): void;
  /** Somebody holds on to bytes that were received. */
  protected abstract get isHeld(): boolean;
  protected abstract drained(): void;
  /** The client has closed its half. */
  protected abstract halfClosed(): void;
  protected abstract closed(): void;

  protected get limits(): ClientLimits {
    return this.parts.limits;
  }

  /** Calls `onTimeout` when nothing has put it off for `ms`. */
  protected limit(ms: number): void {
    this.parts.wheel.set(this, ms);
  }

  protected unlimit(): void {
    this.parts.wheel.clear(this);
  }

  protected get isHalfClosed(): boolean {
    return this.writtenAtEnd !== -1;
  }

  /** Whether a client that has closed its half may be gone: what is written and not answered by a reset has found a reader. */
  protected get maybeGone(): boolean {
    return this.socket.bytesWritten === this.writtenAtEnd;
  }

  protected awaitReader(): void {
    this.limit(HALF_CLOSED_MS);
  }

  /**
   * Ends the connection with what was written.
   * @param isAllRead else what still comes is thrown away for a while: a reset could take the answer along (RFC 9112, section 9.6)
   */
  protected endAfterWrites(isAllRead: boolean): void {
    this.limit(this.limits.lingerMs);
    if (isAllRead) this.socket.destroySoon();
    else this.socket.end().resume();
  }

  /** Leaves the reading to somebody else; still hears of the end of the socket. */
  protected stopReading(): void {
    this.unlimit();
    this.isLetGo = true;
    this.socket.off('data', this.onData).off('drain', this.onDrain).off('end', this.onEnd);
  }

  /** Leaves the socket to somebody else. A write of ours may fail yet, and an error that nobody hears would end the process. */
  protected letGo(): void {
    this.stopReading();
    this.socket.off('close', this.onClose);
  }

  private reading(): OnReadOpts {
    const { buffer } = this;
    const callback = (count: number): boolean => {
      const bytes = buffer.bytes(count);
      if (this.isLetGo) return this.socket.push(owned(bytes));
      this.received(bytes);
      return true;
    };
    return { buffer: () => buffer.next(this.isHeld), callback };
  }

  private readonly onData = (bytes: Buffer): void => this.received(bytes);

  private readonly onDrain = (): void => this.drained();

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
