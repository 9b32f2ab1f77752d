import { Server, type RequestListener, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { watchHalfClosed } from './half-closed.js';
import { LentConnections } from './lent-connections.js';
import { RequestGuard } from './request-guard.js';

/** Takes connections in front of node:http. */
export interface ConnectionTaker {
  /**
   * @param isUsed it has served requests, and may be idle for longer than a new one
   * @returns the socket that the connection has from now on
   */
  accept(socket: Socket, isUsed: boolean): Socket;
  /** The server closes: what is idle has to go. */
  close(): void;
}

const nothing = (): void => undefined;

/** A connection that is given to node:http. */
export interface HandOver {
  readonly socket: Socket;
  /** What was read of it. */
  readonly first: Buffer;
  /** `first` is one request and nothing else, and the client lets the connection stand. */
  readonly isWhole: boolean;
  /** It has carried something else than requests for the gateway's own pages since it was last given to it. */
  readonly wasUsed: boolean;
}

type Reader = (this: Socket, bytes: Buffer) => void;

type ConnectionListener = (this: Server, socket: Socket) => void;

/**
 * A server whose close does not wait for connections on which nothing was ever sent. Browsers and load balancers open
 * some in advance; node:http counts them as busy until their head is overdue. Somebody else may take the connections and
 * give back those that node:http shall {@link serveOn | serve}.
 */
export class PromptServer extends Server {
  private readonly sockets = new Set<Socket>();
  private readonly serveByNode: ConnectionListener;
  private readonly lent = new LentConnections();
  private readonly guarded = new WeakMap<Socket, Reader>();
  /** Takes new connections; unset: node:http does. */
  taker: ConnectionTaker | undefined;

  constructor(options: ServerOptions, listener: RequestListener) {
    super(options, listener);
    // A client may close its half behind its last request, and still gets the answer. In node:http since its beginnings,
    // and in none of its types.
    Object.assign(this, { httpAllowHalfOpen: true });
    // There is no other way to accept a connection and to give it to node:http later.
    this.serveByNode = this.listeners('connection')[0] as ConnectionListener;
    this.off('connection', this.serveByNode);
    this.on('connection', (socket: Socket) => this.take(socket, false));
  }

  /** Lets node:http read `socket`, on which nobody listens any more. */
  serve(socket: Socket): void {
    this.serveByNode(socket);
    // What the wire plane hands over it has read by the same rules.
    if (!this.taker) this.guard(socket);
    socket.on('end', watchHalfClosed);
  }

  /** Reads `socket` without the guard from now on: node:http has given it away. */
  unguard(socket: Socket): void {
    const reader = this.guarded.get(socket);
    if (reader) socket.off('data', reader);
  }

  /** Leaves `socket` to a tunnel, whose halves close by themselves. */
  release(socket: Socket): void {
    socket.off('end', watchHalfClosed);
  }

  /**
   * The same for a socket of which somebody else has read `first`; called while that is read. node:http reads past the
   * stream of a socket, which knows nothing of it: what the stream still wants to do after a read has to be over, or it
   * undoes the pause by which a slow service holds its client back.
   */
  serveOn({ socket, first, isWhole, wasUsed }: HandOver): void {
    if (isWhole) this.lent.add(socket, wasUsed);
    process.nextTick(() => process.nextTick(() => this.begin(socket, first)));
  }

  /**
   * Gives the connection of `response` back to who takes connections, behind this answer, when it was lent for it alone: what
   * comes next is most likely for somebody else. To be called while the request is begun.
   */
  takeBackAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const isUnread = this.lent.take(socket);
    if (isUnread) response.once('finish', () => process.nextTick(() => this.takeBack(socket, isUnread)));
  }

  override close(callback?: (error?: Error) => void): this {
    super.close(callback);
    this.taker?.close();
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    return this;
  }

  /** Checks what arrives on `socket` before node:http reads it, which listens in the way of any socket. */
  private guard(socket: Socket): void {
    const guard = new RequestGuard();
    const [read] = socket.listeners('data') as [Reader];
    const reader: Reader = (bytes) => {
      const problem = guard.check(bytes);
      if (guard.soundEnd > 0) read.call(socket, bytes.subarray(0, guard.soundEnd));
      if (!problem) return;
      socket.off('data', reader).resume();
      this.emit('clientError', problem, socket);
    };
    socket.off('data', read).on('data', reader);
    this.guarded.set(socket, reader);
  }

  private begin(socket: Socket, first: Buffer): void {
    if (socket.destroyed) return;
    this.serve(socket);
    socket.emit('data', first);
    // The client has closed its half while somebody else read.
    if (socket.readableEnded) socket.emit('end');
  }

  private takeBack(served: Socket, isUnread: () => boolean): void {
    const isOpen = served.writable && !served.readableEnded && this.listening;
    if (!isOpen || served.writableLength > 0 || !isUnread()) return;
    served.setTimeout(0);
    // Until somebody listens, node:http reads past the stream.
    served.on('data', nothing);
    this.take(served, true);
    // It is an empty shell now, which node:http takes for a connection that ended.
    served.destroy();
  }

  private take(accepted: Socket, isUsed: boolean): void {
    const socket = this.taker?.accept(accepted, isUsed) ?? accepted;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (!this.taker) this.serve(socket);
  }
}
