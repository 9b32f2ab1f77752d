import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection of the gateway to a raw upstream. */
export class RawConnection {
  received = '';
  /** The gateway has closed its sending side. */
  isEnded = false;

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    for (const event of ['end', 'close']) socket.on(event, () => (this.isEnded = true));
  }

  send(text: string): this {
    this.socket.write(Buffer.from(text, 'latin1'));
    return this;
  }
}

export type ChunkHandler = (connection: RawConnection, chunk: string) => void;

/** An instance that responds with arbitrary bytes. */
export class RawUpstream {
  /** Connections that have received bytes; excludes connect checks of the gateway. */
  readonly connections: RawConnection[] = [];
  private readonly sockets: Socket[] = [];
  /** Called with every chunk that arrives. */
  onChunk: ChunkHandler = () => undefined;

  static async start(): Promise<RawUpstream> {
    const server = createServer({ allowHalfOpen: true });
    const upstream = new RawUpstream(server);
    server.on('connection', (socket) => upstream.accept(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  private constructor(private readonly server: Server) {}

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Everything received on all connections. */
  get received(): string {
    return this.connections.map(({ received }) => received).join('');
  }

  /** Clears the received bytes; connections stay open. */
  clear(): void {
    for (const connection of this.connections) connection.received = '';
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private accept(socket: Socket): void {
    const connection = new RawConnection(socket);
    this.sockets.push(socket);
    socket.once('data', () => this.connections.push(connection));
    socket.on('data', (chunk: Buffer) => this.onChunk(connection, chunk.toString('latin1')));
  }
}

/** Sends `response` as soon as a head has arrived. */
export const respondWith =
  (response: string): ChunkHandler =>
  (connection, chunk) => {
    if (chunk.includes('\r\n\r\n')) connection.send(response);
  };

const HEALTHY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Responds to health checks with 200, and calls `onChunk` for every other chunk. */
export const respondToHealthChecks =
  (onChunk: ChunkHandler): ChunkHandler =>
  (connection, chunk) => {
    if (chunk.startsWith('GET /health')) connection.send(HEALTHY);
    else onChunk(connection, chunk);
  };
