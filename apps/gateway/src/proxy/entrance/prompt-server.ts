import { Server, type RequestListener, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';
import { watchHalfClosed } from './half-closed.js';

/** Takes connections in front of node:http. */
export interface ConnectionTaker {
  /** @returns the socket that the connection has from now on */
  accept(socket: Socket): Socket;
  /** The server closes: what is idle has to go. */
  close(): void;
}

type ConnectionListener = (this: Server, socket: Socket) => void;

/**
 * A server whose close does not wait for connections on which nothing was ever sent. Browsers and load balancers open
 * some in advance; node:http counts them as busy until their head is overdue. Somebody else may take the connections and
 * give back those that node:http shall {@link serveOn | serve}.
 */
export class PromptServer extends Server {
  private readonly sockets = new Set<Socket>();
  private readonly serveByNode: ConnectionListener;
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
    this.on('connection', (socket: Socket) => this.take(socket));
  }

  /** Lets node:http read `socket`, on which nobody listens any more. */
  serve(socket: Socket): void {
    this.serveByNode(socket);
    socket.on('end', watchHalfClosed);
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
  serveOn(socket: Socket, first: Buffer): void {
    process.nextTick(() => process.nextTick(() => this.begin(socket, first)));
  }

  override close(callback?: (error?: Error) => void): this {
    super.close(callback);
    this.taker?.close();
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    return this;
  }

  private begin(socket: Socket, first: Buffer): void {
    if (socket.destroyed) return;
    this.serve(socket);
    socket.emit('data', first);
    // The client has closed its half while somebody else read.
    if (socket.readableEnded) socket.emit('end');
  }

  private take(accepted: Socket): void {
    const socket = this.taker?.accept(accepted) ?? accepted;
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    if (!this.taker) this.serve(socket);
  }
}
