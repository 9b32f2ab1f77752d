import type { OnReadOpts, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { SocketWriter } from '../sockets/socket-writer.js';
import { Timed, type TimerWheel } from '../sockets/timer-wheel.js';
import { openSocket } from './open-socket.js';
import type { Origin } from './origin.js';
import { ReadBuffer } from '../sockets/read-buffer.js';
import { readOnAfterBrokenWrites } from './read-on.js';

/** Idle time-out of upstream connections. Below Node's default of 5 s, so that the gateway closes first. */
export const DEFAULT_IDLE_MS = 4_000;
const LONGEST_IDLE_MS = 60_000;
/** Deducted from `Keep-Alive: timeout=`, because the server's timer starts before its response arrives. */
const IDLE_MARGIN_MS = 1_000;

/** The idle time-out, milliseconds, for a server that announced `Keep-Alive: timeout=` with `seconds`. */
export const idleMsOf = (seconds: number): number =>
  Math.min(Math.max(seconds * 1000 - IDLE_MARGIN_MS, 0), LONGEST_IDLE_MS);

/** A socket to an instance with one time-out at a time. Registers its listeners once. */
export abstract class UpstreamSocket extends Timed {
  /** `undefined` until {@link open}. */
  protected socket: Socket | undefined = undefined;
  /** `undefined` until {@link open}. */
  protected writer: SocketWriter | undefined = undefined;
  /** The instance accepts no more bytes; its response may still be read. */
  protected isDeaf = false;
  protected isPaused = false;
  /** The error that broke the connection. */
  protected cause: Error | undefined;
  protected readonly buffer: ReadBuffer | undefined;
  private endReadingOn: (() => void) | undefined = undefined;
  private readonly data = (bytes: Buffer): void => this.onData(bytes);
  private readonly drain = (): void => this.onDrain();
  private readonly end = (): void => this.onEnd();
  private readonly close = (): void => this.onClose();

  /** @param mayTunnel whether the socket may become a tunnel, which needs `data` events */
  constructor(
    private readonly origin: Origin,
    private readonly tls: ConnectionOptions,
    protected readonly wheel: TimerWheel,
    readonly mayTunnel: boolean,
  ) {
    super();
    this.buffer = origin.isTls || mayTunnel ? undefined : new ReadBuffer();
  }

  /** Starts to connect. */
  open(): void {
    const { origin, tls, buffer } = this;
    const socket = openSocket(origin, tls, buffer && this.readInto(buffer));
    this.socket = socket;
    this.writer = new SocketWriter(socket);
    this.endReadingOn = readOnAfterBrokenWrites(socket, (error) => this.deafen(error));
    socket
      .once(origin.isTls ? 'secureConnect' : 'connect', () => this.onConnect())
      .on('error', (error) => (this.cause = error))
      .on('data', this.data)
      .on('drain', this.drain)
      .on('end', this.end)
      .on('close', this.close);
  }

  /** Whether bytes that were read are still in use. */
  protected abstract get isHeld(): boolean;
  protected abstract onConnect(): void;
  protected abstract onData(bytes: Buffer): void;
  protected abstract onDrain(): void;
  protected abstract onEnd(): void;
  protected abstract onClose(): void;

  /** Stops reading until resumed: the client is slower than the instance. */
  pause(): void {
    this.isPaused = true;
    // The gateway stops reading, so the time-out of the instance must not run.
    this.wheel.clear(this);
    this.socket?.pause();
  }

  /** Limits how long the instance may make no progress from now on, milliseconds; 0 removes the limit. */
  protected limit(ms: number): void {
    if (ms === 0) this.wheel.clear(this);
    else this.wheel.set(this, ms);
  }

  /** Removes the listeners and returns the paused socket to its new owner. */
  protected detach(): Socket {
    this.endReadingOn?.();
    const { data, drain, end, close } = this;
    return (this.socket as Socket)
      .off('data', data)
      .off('drain', drain)
      .off('end', end)
      .off('close', close)
      .pause();
  }

  private readInto(buffer: ReadBuffer): OnReadOpts {
    const callback = (count: number): boolean => {
      this.onData(buffer.bytes(count));
      return true;
    };
    return { buffer: () => buffer.next(this.isHeld), callback };
  }

  private deafen(error: Error): void {
    this.isDeaf = true;
    this.cause = error;
  }
}
