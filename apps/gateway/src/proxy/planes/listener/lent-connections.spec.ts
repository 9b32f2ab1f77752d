import type { Socket } from 'node:net';
import { LentConnections } from './lent-connections.js';

/** A connection that is wrapped in a new socket each time it is lent. */
function connection(): () => Socket {
  const handle = { useUserBuffer: () => undefined };
  return () => ({ _handle: handle, bytesRead: 100 }) as unknown as Socket;
}

describe('A lent connection', () => {
  const lent = new LentConnections();
  const mayComeBack = (socket: Socket, wasUsed: boolean): boolean => {
    lent.add(socket, wasUsed);
    return lent.end(socket) !== undefined;
  };

  it('can be lent again while it also carries other requests, up to a limit', () => {
    const next = connection();
    for (let i = 0; i < 5000; i += 1) expect(mayComeBack(next(), true)).toBe(true);
    expect(mayComeBack(next(), true)).toBe(false);
    expect(mayComeBack(connection()(), true)).toBe(true);
  });

  it('can be lent ten times in a row when it only carries requests for pages', () => {
    const next = connection();
    for (let round = 0; round < 3; round += 1) {
      expect(mayComeBack(next(), true)).toBe(true);
      for (let i = 1; i < 10; i += 1) expect(mayComeBack(next(), false)).toBe(true);
    }
    expect(mayComeBack(next(), false)).toBe(false);
  });

  it('is lent for one request', () => {
    const socket = connection()();
    lent.add(socket, true);
    expect(lent.end(socket)).toBeDefined();
    expect(lent.end(socket)).toBeUndefined();
  });

  it('reports whether data was read from it meanwhile', () => {
    const socket = connection()();
    lent.add(socket, true);
    const isUnread = lent.end(socket);
    expect(isUnread?.()).toBe(true);
    Object.assign(socket, { bytesRead: 101 });
    expect(isUnread?.()).toBe(false);
  });

  it('is not lent when its handle does not support user buffers', () => {
    expect(mayComeBack({ _handle: {}, bytesRead: 1 } as unknown as Socket, true)).toBe(false);
  });
});
