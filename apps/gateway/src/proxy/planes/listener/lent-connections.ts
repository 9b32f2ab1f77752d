import type { Socket } from 'node:net';
import { handleOf, type Handle } from '../../sockets/node-internals.js';

/** Each transfer of a connection to another socket leaks some 50 bytes in Node for the lifetime of the connection. */
const MOST_TIMES = 5000;
/** After this many requests in a row for the gateway's own pages only, the next is likely to be another one. */
const MOST_IN_A_ROW = 10;

/** Counts how often a connection was lent. */
interface Loans {
  total: number;
  /** Consecutive loans for pages, without other requests in between. */
  inARow: number;
}

/**
 * Connections that node:http serves for one request. The request is complete at the hand-over, so a change of
 * `bytesRead` shows that more data has been read.
 */
export class LentConnections {
  private readonly bytesRead = new WeakMap<Socket, number>();
  private readonly loans = new WeakMap<Handle, Loans>();

  /** @param wasUsed see {@link HandOver} */
  add(socket: Socket, wasUsed: boolean): void {
    const handle = handleOf(socket);
    if (handle && this.mayLend(handle, wasUsed)) this.bytesRead.set(socket, socket.bytesRead);
  }

  /** Removes `socket`; if it was lent, returns a function that reports whether nothing has been read from it since. */
  end(socket: Socket): (() => boolean) | undefined {
    const bytes = this.bytesRead.get(socket);
    this.bytesRead.delete(socket);
    return bytes === undefined ? undefined : () => socket.bytesRead === bytes;
  }

  private mayLend(handle: Handle, wasUsed: boolean): boolean {
    const loans = this.loans.get(handle) ?? { total: 0, inARow: 0 };
    this.loans.set(handle, loans);
    loans.total += 1;
    loans.inARow = wasUsed ? 1 : loans.inARow + 1;
    return loans.total <= MOST_TIMES && loans.inARow <= MOST_IN_A_ROW;
  }
}
