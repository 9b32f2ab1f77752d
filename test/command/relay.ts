import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes connections on to a gateway, and breaks them at will. */
export class Relay {
  /** How many there were. */
  connections = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async to(target: string): Promise<Relay> {
    const { hostname, port } = new URL(target);
    const server = createServer();
    const relay = new Relay(server);
    server.on('connection', (socket) => relay.pass(socket, connect(Number(port), hostname)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return relay;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  breakConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.server.close();
    this.breakConnections();
  }

  private pass(client: Socket, gateway: Socket): void {
    this.connections += 1;
    for (const socket of [client, gateway]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => this.breakPair(client, gateway));
    }
    client.pipe(gateway).pipe(client);
  }

  private breakPair(...pair: readonly Socket[]): void {
    for (const socket of pair) {
      socket.destroy();
      this.sockets.delete(socket);
    }
  }
}
