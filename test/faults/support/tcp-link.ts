import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the link does with the bytes that the server sends. */
type State = 'sound' | 'garbled' | 'cut';

/** A TCP link to a server that tests can cut, delay and garble. */
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
    listener.on('connection', (client) => this.connectToServer(client));
  }

  get port(): number {
    return (this.listener.address() as AddressInfo).port;
  }

  /** Closes all connections, and every new one immediately. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.sockets) socket.destroy();
  }

  /** Inserts garbage before all data from the server. */
  garble(): void {
    this.state = 'garbled';
  }

  /** Delays data in both directions, in milliseconds. */
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

  private connectToServer(client: Socket): void {
    if (this.state === 'cut') return void client.destroy();
    const server = connect(this.target, '127.0.0.1');
    this.forward(client, server, (bytes) => bytes);
    this.forward(server, client, (bytes) => (this.state === 'garbled' ? garbled(bytes) : bytes));
  }

  private forward(from: Socket, to: Socket, transform: (bytes: Buffer) => Buffer): void {
    this.sockets.add(from);
    // Sequential, so that a delay keeps the order.
    let last: Promise<unknown> = Promise.resolve();
    from.on('data', (bytes: Buffer) => {
      last = Promise.all([last, sleep(this.delayMs)]).then(() => to.write(transform(bytes)));
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
  }
}

const garbled = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from('\0?!\r\n'), bytes]);
