import type { Socket } from 'node:net';

/** Requests started per turn of the event loop. Each takes hundreds of microseconds, more in a new process. */
const MAX_PER_TURN = 8;

/**
 * Starts requests to the gateway itself a few at a time. When a fleet registers at once, a thousand such requests are
 * read in one turn of the event loop, and proxied requests would wait for all of them. At most one request per
 * connection waits: node:http relies on the preceding responses to stop reading from a client that pipelines.
 */
export class NestAdmission {
  private begun = 0;
  private readonly waiting = new Map<Socket, () => void>();
  private readonly onEnd: (this: Socket) => void;

  constructor() {
    const admitNow = (socket: Socket): void => this.admitNow(socket);
    this.onEnd = function onEnd() {
      admitNow(this);
    };
  }

  /** @param socket carries no other request at this time */
  admit(socket: Socket, begin: () => void): void {
    if (this.begun === MAX_PER_TURN) {
      this.waiting.set(socket, begin);
      // A half-closed client is served only for a limited time.
      socket.once('end', this.onEnd);
      return;
    }
    if (this.begun === 0) setImmediate(this.next);
    this.begun += 1;
    begin();
  }

  /** Starts the request that waits on `socket`, if any, because another one follows it. */
  admitNow(socket: Socket): void {
    this.release(socket)?.();
  }

  private readonly next = (): void => {
    const due: (() => void)[] = [];
    for (const socket of this.waiting.keys()) {
      if (due.length === MAX_PER_TURN) break;
      due.push(this.release(socket) as () => void);
    }
    this.begun = due.length;
    if (due.length > 0) setImmediate(this.next);
    for (const begin of due) begin();
  };

  private release(socket: Socket): (() => void) | undefined {
    const begin = this.waiting.get(socket);
    if (!begin) return undefined;
    this.waiting.delete(socket);
    socket.off('end', this.onEnd);
    return begin;
  }
}
