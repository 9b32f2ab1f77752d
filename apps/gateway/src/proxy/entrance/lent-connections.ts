import type { Socket } from 'node:net';
import { handleOf, type Handle } from '../wire/entrance/with-onread.js';

/** Every time that a connection is put into another socket leaves some 50 bytes behind in Node, for as long as it stands. */
const MOST_TIMES = 5000;
/** On a connection that was asked for the gateway's own pages alone so many times, the next request is for one again. */
const MOST_IN_A_ROW = 10;

/** How often a connection was lent. */
interface Loans {
  total: number;
  /** For pages, with nothing else in between. */
  inARow: number;
}

/**
 * Connections that node:http serves for one request. Whether it has read more than that shows in the bytes that were read: the request was
 * whole when it was handed over.
 */
export class LentConnections {
  private readonly bytesRead = new WeakMap<Socket, number>();
  private readonly loans = new WeakMap<Handle, Loans>();

  /** @param wasUsed see {@link HandOver} */
  add(socket: Socket, wasUsed: boolean): void {
    const handle = handleOf(socket);
    if (handle && this.mayLend(handle, wasUsed)) this.bytesRead.set(socket, socket.bytesRead);
  }

  /** Forgets `socket`; where it was lent, answers how to find out whether nothing has been read of it since. */
  take(socket: Socket): (() => boolean) | undefined {
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
