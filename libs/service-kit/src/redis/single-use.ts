import type { Redis, RedisOptions } from 'ioredis';

const CONNECT_TIMEOUT_MS = 1000;
/** A stalled server does not complete the disconnect. */
const DISCONNECT_TIMEOUT_MS = 50;

/** A connection is used once and never reconnected: its owner decides what follows a failure. */
export const SINGLE_USE = {
  lazyConnect: true,
  protocol: 2,
  retryStrategy: null,
  enableOfflineQueue: false,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
} as const satisfies RedisOptions;

/** `undefined` for an invalid address, contrary to the types of ioredis. */
const socketOf = (connection: Redis): Redis['stream'] | undefined => connection.stream;

/**
 * Connects. ioredis rejects with an error without a reason; the `error` event before it has the reason.
 * ioredis also resolves if the selected database does not exist, and would use another one.
 */
export async function connect(connection: Redis): Promise<void> {
  let reason: Error | undefined;
  // The listeners stay: an `error` event without listener ends the process, on the client as on its socket.
  // ioredis handles only the first error of the socket, and TLS emits a second one when the peer rejects an
  // aborted handshake.
  connection.on('error', (error: Error) => {
    reason = error;
    socketOf(connection)?.on('error', () => undefined);
  });
  await connection.connect().catch((error: unknown) => {
    throw reason ?? error;
  });
  if (reason !== undefined) throw reason;
}
