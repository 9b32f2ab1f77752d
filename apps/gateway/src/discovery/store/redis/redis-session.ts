import { Redis, type RedisOptions } from 'ioredis';
import { factsOf, type EntryFacts, type StreamEntry } from './recorded-change.js';
import { changesKey } from './registry-keys.js';
import { defineScripts, RegistryScripts } from './registry-scripts.js';

/** Where the registry lies, and who uses it. */
export interface SessionOptions {
  readonly url: string;
  /** What all keys begin with; other registries on the same server have another. */
  readonly prefix: string;
  /** The id of this gateway, new with every process. */
  readonly gateway: string;
}

const CONNECT_TIMEOUT_MS = 1000;
const COMMAND_TIMEOUT_MS = 1000;
/** A server that stands still does not say goodbye. */
const DISCONNECT_TIMEOUT_MS = 50;
/** How long a read waits for news before it asks again: a connection that broke silently is found out by it. */
const READ_BLOCK_MS = 500;
const READ_AT_ONCE = 500;

/** Set so that a connection is used as it is or not at all: what to do after a failure is decided above. */
const ONE_LIFE: RedisOptions = {
  lazyConnect: true,
  protocol: 2,
  retryStrategy: null,
  enableOfflineQueue: false,
  connectTimeout: CONNECT_TIMEOUT_MS,
  disconnectTimeout: DISCONNECT_TIMEOUT_MS,
};

const connectionTo = ({ url, prefix }: SessionOptions, commandTimeout: number): Redis =>
  new Redis(url, { ...ONE_LIFE, commandTimeout, connectionName: prefix });

/** Without an address there was never a stream, whatever ioredis' types say. */
const streamOf = (connection: Redis): Redis['stream'] | undefined => connection.stream;

/**
 * Connects; what ioredis rejects with says only that it did not work, the event before it says why. It also resolves when the
 * server has no such database, and would use another one.
 */
async function connect(connection: Redis): Promise<void> {
  let reason: Error | undefined;
  // Also later: without a listener the event would end the process, on the client as on its socket. ioredis hears the socket's
  // first error only, and TLS has a second one when the peer complains of a handshake that we gave up.
  connection.on('error', (error: Error) => {
    reason = error;
    streamOf(connection)?.on('error', () => undefined);
  });
  await connection.connect().catch((error: unknown) => {
    throw reason ?? error;
  });
  if (reason !== undefined) throw reason;
}

/** A time with the store: two connections, one for scripts and one that waits for changes. Ends when either breaks. */
export class RedisSession {
  private hasEnded = false;

  private constructor(
    readonly scripts: RegistryScripts,
    private readonly commands: Redis,
    private readonly reader: Redis,
    private readonly changes: string,
  ) {}

  /** @throws ioredis' error when the store does not let us in */
  static async open(options: SessionOptions): Promise<RedisSession> {
    const commands = connectionTo(options, COMMAND_TIMEOUT_MS);
    const reader = connectionTo(options, READ_BLOCK_MS + COMMAND_TIMEOUT_MS);
    defineScripts(commands, options.prefix);
    const scripts = new RegistryScripts(commands, options.prefix, options.gateway);
    const session = new RedisSession(scripts, commands, reader, changesKey(options.prefix));
    try {
      await Promise.all([connect(commands), connect(reader)]);
      return session;
    } catch (error) {
      session.end();
      throw error;
    }
  }

  /** The changes after the one of id `since`; waits a while for some, and resolves to none when none came. */
  async news(since: number): Promise<readonly EntryFacts[]> {
    const answer = await this.reader.xread(
      'COUNT',
      READ_AT_ONCE,
      'BLOCK',
      READ_BLOCK_MS,
      'STREAMS',
      this.changes,
      `${since}-0`,
    );
    return ((answer?.[0]?.[1] ?? []) as StreamEntry[]).map(factsOf);
  }

  /** All changes that are kept, up to the one of id `last`. */
  async history(last: number): Promise<readonly EntryFacts[]> {
    return ((await this.reader.xrange(this.changes, '-', `${last}-0`)) as StreamEntry[]).map(factsOf);
  }

  /** Every command that a break fails asks for it. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.commands.disconnect();
    this.reader.disconnect();
  }
}
