import { Redis, type RedisOptions } from 'ioredis';

/** A Redis server, and the name by which it lists the connections of this system. */
export interface RedisServer {
  readonly url: string;
  /** Prefix of all keys; other systems on the same server have other prefixes. */
  readonly prefix: string;
}

const CONNECT_TIMEOUT_MS = 1000;
/** A stalled server does not complete the disconnect. */
const DISCONNECT_TIMEOUT_MS = 50;

/** A connection is used once and never reconnected: its owner decides what follows a failure. */
const SINGLE_USE: RedisOptions = {
  lazyConnect: true,
  protocol: 2,
  retryStrategy: null,
  enableOfflineQueue: false,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
};

/** A connection to be opened with {@link connect}. */
export const connectionTo = ({ url, prefix }: RedisServer, commandTimeout: number): Redis =>
  new Redis(url, { ...SINGLE_USE, commandTimeout, connectionName: prefix });

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
