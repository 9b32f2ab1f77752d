import type { Socket } from 'node:net';
import { LentConnections } from './lent-connections.js';

/** A connection that is in another socket each time that it is lent. */
function connection(): () => Socket {
  const handle = { useUserBuffer: () => undefined };
  return () => ({ _handle: handle, bytesRead: 100 }) as unknown as Socket;
}

describe('a connection that is lent', () => {
  const lent = new LentConnections();
  const mayComeBack = (socket: Socket, wasUsed: boolean): boolean => {
    lent.add(socket, wasUsed);
    return lent.take(socket) !== undefined;
  };

  it('comes back while it carries other requests too, up to a limit', () => {
    const next = connection();
    for (let i = 0; i < 5000; i += 1) expect(mayComeBack(next(), true)).toBe(true);
    expect(mayComeBack(next(), true)).toBe(false);
    expect(mayComeBack(connection()(), true)).toBe(true);
  });

  it('comes back ten times when it carries requests for pages alone', () => {
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
    expect(lent.take(socket)).toBeDefined();
    expect(lent.take(socket)).toBeUndefined();
  });

  it('tells whether anything was read of it meanwhile', () => {
    const socket = connection()();
    lent.add(socket, true);
    const isUnread = lent.take(socket);
    expect(isUnread?.()).toBe(true);
    Object.assign(socket, { bytesRead: 101 });
    expect(isUnread?.()).toBe(false);
  });

  it('stays where sockets are made otherwise', () => {
    expect(mayComeBack({ _handle: {}, bytesRead: 1 } as unknown as Socket, true)).toBe(false);
  });
});
