import { Server, type RequestListener, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A server whose close does not wait for connections on which nothing was ever sent. Browsers and load balancers open
 * some in advance; node:http counts them as busy until their head is overdue.
 */
export class PromptServer extends Server {
  private readonly sockets = new Set<Socket>();

  constructor(options: ServerOptions, listener: RequestListener) {
    super(options, listener);
    this.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  override close(callback?: (error?: Error) => void): this {
    super.close(callback);
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    return this;
  }
}
