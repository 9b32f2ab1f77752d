import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A connection to a server on loopback that a spec can interrupt and restore. */
export class TcpRelay {
  private readonly sockets = new Set<Socket>();
  private isDisconnected = false;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {
    server.on('connection', (near) => this.relay(near));
  }

  /** @param port the server's port */
  static async to(port: number): Promise<TcpRelay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpRelay(server, port);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Breaks open connections and rejects new ones. */
  disconnect(): void {
    this.isDisconnected = true;
    for (const socket of this.sockets) socket.destroy();
  }

  reconnect(): void {
    this.isDisconnected = false;
  }

  close(): void {
    this.disconnect();
    this.server.close();
  }

  private relay(near: Socket): void {
    if (this.isDisconnected) return void near.destroy();
    const far = connect(this.port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.sockets.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  }
}
