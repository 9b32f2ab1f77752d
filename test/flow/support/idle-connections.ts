import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Maximum number of connections that send a request at the same time. */
export const AT_ONCE = 100;

/** Client connections that stay open between requests. */
export class IdleConnections {
  private readonly sockets: Socket[] = [];

  constructor(private readonly url: URL) {}

  /**
   * Opens `count` more connections, {@link AT_ONCE} at a time, and requests the URL once on each.
   * @throws Error When a response is not 200
   */
  async open(count: number): Promise<void> {
    for (let left = count; left > 0; left -= AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(left, AT_ONCE) }, () => this.openOne()));
  }

  /**
   * Requests the URL once more on every connection, {@link AT_ONCE} at a time.
   * @throws Error When a response is not 200
   */
  async requestOnAll(): Promise<void> {
    for (let from = 0; from < this.sockets.length; from += AT_ONCE)
      await Promise.all(this.sockets.slice(from, from + AT_ONCE).map((socket) => this.request(socket)));
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async openOne(): Promise<void> {
    const socket = connect(Number(this.url.port), this.url.hostname);
    this.sockets.push(socket);
    await once(socket, 'connect');
    await this.request(socket);
  }

  private async request(socket: Socket): Promise<void> {
    socket.write(`GET ${this.url.pathname} HTTP/1.1\r\nHost: ${this.url.host}\r\n\r\n`);
    const [response] = (await once(socket, 'data')) as [Buffer];
    const head = response.toString('latin1');
    if (!head.startsWith('HTTP/1.1 200 '))
      throw new Error(`unexpected response on an idle connection: ${head}`);
  }
}
