import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Counts the requests that a server handles. */
export class RequestsInFlight {
  private count = 0;
  private isEnding = false;
  private onNone: (() => void) | undefined;

  constructor(server: Server) {
    server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
      this.count += 1;
      // Clients drop the connection after such a response, so that no request crosses its end.
      if (this.isEnding) response.shouldKeepAlive = false;
      // Emitted once, both for sent responses and for clients that disconnected.
      response.once('close', () => this.finish());
    });
  }

  /** From now on each response ends its connection. */
  endConnections(): void {
    this.isEnding = true;
  }

  /** Resolves as soon as no request is in flight. */
  none(): Promise<void> {
    return new Promise((resolve) => {
      if (this.count === 0) resolve();
      else this.onNone = resolve;
    });
  }

  private finish(): void {
    this.count -= 1;
    if (this.count === 0) this.onNone?.();
  }
}
