import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to the bytes that a server sends. */
type State = 'sound' | 'garbled' | 'cut';

/** A way to a server that can be cut, slowed down and made to garble. */
export class TcpLink {
  private state: State = 'sound';
  private delayMs = 0;
  private readonly sockets = new Set<Socket>();

  static async to(port: number): Promise<TcpLink> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpLink(listener, port);
  }

  private constructor(
    private readonly listener: Server,
    private readonly target: number,
  ) {
    listener.on('connection', (client) => this.join(client));
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Breaks every connection, and every new one at once. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Puts rubbish before everything that the server sends. */
  garble(): void {
    this.state = 'garbled';
  }

  /** Lets everything arrive later, either way. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  heal(): void {
    this.state = 'sound';
    this.delayMs = 0;
  }

  close(): void {
    this.cut();
    this.listener.close();
  }

  private join(client: Socket): void {
    if (this.state === 'cut') return void client.destroy();
    const server = connect(this.target, '127.0.0.1');
    this.carry(client, server, (bytes) => bytes);
    this.carry(server, client, (bytes) => (this.state === 'garbled' ? rubbish(bytes) : bytes));
  }

  private carry(from: Socket, to: Socket, change: (bytes: Buffer) => Buffer): void {
    this.sockets.add(from);
    // One after the other: a delay must not change the order.
    let last: Promise<unknown> = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      last = Promise.all([last, sleep(this.delayMs)]).then(() => to.write(change(bytes)));
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}

const rubbish = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('\0?!\r\n'), bytes]);
