import { AbstractConnector, Redis, type RedisOptions } from 'ioredis';
import { connect as connectSocket, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { locateServer } from './locate-server.js';
import type { RedisServer } from '../config/redis-config.js';
import { redisLocationOf, type RedisLocation } from '../config/redis-location.js';
import { SINGLE_USE } from './single-use.js';

export { connect } from './single-use.js';

/** A connection to be opened with {@link connect}. */
export function connectionTo({ url, prefix }: RedisServer, commandTimeout: number): Redis {
  const location = redisLocationOf(url);
  if (!location) throw new Error('invalid URL of Redis');
  const options = { ...SINGLE_USE, commandTimeout, connectionName: prefix };
  if (location.kind === 'server') return new Redis(url, options);
  // All keys have the prefix as their hash tag, hence one slot and one server.
  return new Redis(location.nodes[0] as string, {
    ...options,
    Connector: connectorTo(location, `{${prefix}}`),
  });
}

/** Connects to the server that has `key`. */
const connectorTo = (location: RedisLocation, key: string): NonNullable<RedisOptions['Connector']> =>
  class extends AbstractConnector {
    private readonly isSecure: boolean;

    constructor(options: unknown) {
      const { disconnectTimeout = SINGLE_USE.disconnectTimeout, tls } = options as RedisOptions;
      super(disconnectTimeout);
      this.isSecure = tls !== undefined;
    }

    private get isClosed(): boolean {
      return !this.connecting;
    }

    override async connect(): Promise<Socket> {
      this.connecting = true;
      const { host, port } = await locateServer(location, key);
      if (this.isClosed) throw new Error('the connection was closed');
      this.stream = this.isSecure ? connectTls({ host, port }) : connectSocket({ host, port });
      return this.stream;
    }
  };
