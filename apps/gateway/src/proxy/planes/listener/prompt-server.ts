import {
  Server,
  type IncomingMessage,
  type RequestListener,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { Socket } from 'node:net';
import type { Problem } from '#contracts';
import {
  dataListenerOf,
  removeConnectionListener,
  replaceClose,
  serveHalfClosed,
  type DataListener,
} from '../../sockets/node-internals.js';
import { watchHalfClosed } from '../../sockets/half-closed.js';
import { lingerAfterEnd } from '../../sockets/linger.js';
import { LentConnections } from './lent-connections.js';
import { malformedRequest } from '../../exchange/problems.js';
import type { RequestHead } from '../../http1/head/request-head.js';
import { RequestGuard, type Refusal } from './request-guard.js';

/** Accepts connections before node:http. */
export interface ConnectionAcceptor {
  /**
   * @param isUsed the connection has served requests, and may be idle for longer than a new one
   * @returns the socket that represents the connection from now on
   */
  accept(socket: Socket, isUsed: boolean): Socket;
  /** The server closes: idle connections must be closed. */
  close(): void;
}

/** A connection whose bytes are checked before node:http reads them. */
interface Guarded {
  readonly guard: RequestGuard;
  readonly reader: DataListener;
}

const nothing = (): void => undefined;

/** A connection passed to node:http. */
export interface HandOver {
  readonly socket: Socket;
  /** Bytes already read from the socket. */
  readonly first: Buffer;
  /** `first` is exactly one request, and the connection is persistent. */
  readonly isWhole: boolean;
  /** Since the last hand-over, the connection has carried requests other than those for the gateway's own pages. */
  readonly wasUsed: boolean;
}

/**
 * A server whose close does not wait for connections that never sent data. Browsers and load balancers open some in
 * advance; node:http counts them as busy until their head is overdue. A {@link ConnectionAcceptor} may accept the
 * connections and return those that node:http should {@link serveOn | serve}.
 */
export class PromptServer extends Server {
  private readonly sockets = new Set<Socket>();
  private readonly serveByNode: (this: Server, socket: Socket) => void;
  private readonly lent = new LentConnections();
  private readonly guards = new WeakMap<Socket, Guarded>();
  /** Accepts new connections; if unset, node:http does. */
  acceptor: ConnectionAcceptor | undefined;

  /**
   * @param refuse responds on the connection of a request that is refused; its further bytes are discarded
   * @param lingerMs how long the rest of a request is read and discarded after the last response, in milliseconds
   */
  constructor(
    options: ServerOptions,
    listener: RequestListener,
    private readonly refuse: (socket: Socket, refusal: Refusal) => void,
    private readonly lingerMs: number,
  ) {
    super(options, listener);
    // A client may half-close after its last request and still gets the response.
    serveHalfClosed(this);
    // The only way to accept a connection and pass it to node:http later.
    this.serveByNode = removeConnectionListener(this);
    this.on('connection', (socket: Socket) => this.acceptConnection(socket, false));
  }

  /** Lets node:http read `socket`, which must have no other listeners; a {@link RequestGuard} checks the bytes first. */
  serve(socket: Socket): void {
    this.serveByNode(socket);
    this.guard(socket);
    replaceClose(socket, () => this.closeAfterResponse(socket));
    socket.on('end', watchHalfClosed);
  }

  /** Removes the guard from `socket`, which node:http has detached. */
  unguard(socket: Socket): void {
    const guarded = this.guards.get(socket);
    if (guarded) socket.off('data', guarded.reader);
    this.guards.delete(socket);
  }

  /** The head of `request`, which node:http has just read; or why it is refused. */
  headOf(request: IncomingMessage): RequestHead | Problem {
    const head = this.guards.get(request.socket)?.guard.shift();
    // Without a head, node:http has found a request where the guard has not.
    return head ?? malformedRequest('the request is ambiguous');
  }

  /** Removes the half-close handler from `socket`: a tunnel closes its halves independently. */
  release(socket: Socket): void {
    socket.off('end', watchHalfClosed);
  }

  /**
   * Like {@link serve}, for a socket from which `first` was already read; called during that read. node:http bypasses
   * the socket's stream when it reads. The stream must finish its pending work after a read first, or it undoes the
   * pause that applies backpressure to the client.
   */
  serveOn({ socket, first, isWhole, wasUsed }: HandOver): void {
    if (isWhole) this.lent.add(socket, wasUsed);
    process.nextTick(() => process.nextTick(() => this.begin(socket, first)));
  }

  /**
   * Returns the connection of `response` to the {@link ConnectionAcceptor} after this response, if it was lent for this
   * request only: the next request is most likely a proxied one. Must be called while the request is started.
   */
  reclaimAfter(response: ServerResponse): void {
    const { socket } = response.req;
    const isUnread = this.lent.end(socket);
    if (isUnread) response.once('finish', () => process.nextTick(() => this.reclaim(socket, isUnread)));
  }

  override close(callback?: (error?: Error) => void): this {
    super.close(callback);
    this.acceptor?.close();
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    return this;
  }

  /** Closes every connection at once, also those that node:http does not serve. */
  override closeAllConnections(): void {
    for (const socket of this.sockets) socket.destroy();
    super.closeAllConnections();
  }

  /** Checks data on `socket` before node:http reads it. node:http listens for `data` as on any socket. */
  private guard(socket: Socket): void {
    const guard = new RequestGuard();
    const read = dataListenerOf(socket);
    const reader: DataListener = (bytes) => {
      const refusal = guard.check(bytes);
      if (guard.soundEnd > 0) read.call(socket, bytes.subarray(0, guard.soundEnd));
      if (!refusal) return;
      socket.off('data', reader).resume();
      if (!socket.destroyed) this.refuse(socket, refusal);
    };
    this.guards.set(socket, { guard, reader });
    socket.off('data', read).on('data', reader);
  }

  /** Closes `socket` after its last response. A request that has not arrived completely must not be answered by a reset. */
  private closeAfterResponse(socket: Socket): void {
    const guard = this.guards.get(socket)?.guard;
    if (!guard || guard.isBetweenRequests || socket.readableEnded) Socket.prototype.destroySoon.call(socket);
    else {
      // Nothing after the last response is served.
      this.unguard(socket);
      lingerAfterEnd(socket, this.lingerMs);
    }
  }

  private begin(socket: Socket, first: Buffer): void {
    if (socket.destroyed) return;
    this.serve(socket);
    socket.emit('data', first);
    // The client half-closed while the `ConnectionAcceptor` read.
    if (socket.readableEnded) socket.emit('end');
  }

  private reclaim(served: Socket, isUnread: () => boolean): void {
    const isOpen = served.writable && !served.readableEnded && this.listening;
    if (!isOpen || served.writableLength > 0 || !isUnread()) return;
    served.setTimeout(0);
    // While `data` has no other listener, node:http reads past the stream.
    served.on('data', nothing);
    this.acceptConnection(served, true);
    // The old socket is an empty shell; node:http treats it as a closed connection.
    served.destroy();
  }

  private acceptConnection(accepted: Socket, isUsed: boolean): void {
    const socket = this.acceptor?.accept(accepted, isUsed) ?? accepted;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (!this.acceptor) this.serve(socket);
  }
}
