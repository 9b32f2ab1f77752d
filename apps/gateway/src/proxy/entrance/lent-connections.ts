import type { Socket } from 'node:net';
import { handleOf, type Handle } from '../wire/entrance/with-onread.js';

/** Every time that a connection is put into another socket leaves some bytes behind in Node, for as long as it stands. */
const MOST_TIMES = 1000;

/**
 * Connections that node:http serves for one request. Whether it has read more than that shows in the bytes that were read: the request was
 * whole when it was handed over.
 */
export class LentConnections {
  private readonly bytesRead = new WeakMap<Socket, number>();
  private readonly times = new WeakMap<Handle, number>();

  add(socket: Socket): void {
    const handle = handleOf(socket);
    if (!handle) return;
    const times = (this.times.get(handle) ?? 0) + 1;
    this.times.set(handle, times);
    if (times <= MOST_TIMES) this.bytesRead.set(socket, socket.bytesRead);
  }

  /** Forgets `socket`; where it was lent, answers how to find out whether nothing has been read of it since. */
  take(socket: Socket): (() => boolean) | undefined {
    const bytes = this.bytesRead.get(socket);
    this.bytesRead.delete(socket);
    return bytes === undefined ? undefined : () => socket.bytesRead === bytes;
  }
}
