import { ConnectionPair, READ_BLOCK_MS, type RedisServer } from '#service-kit';
import { parseEntry, type ParsedEntry, type StreamEntry } from './stream-entry.js';
import { changesKey } from './registry-keys.js';
import { defineScripts, RegistryScripts } from './registry-scripts.js';

/** The location of the registry, and the gateway that uses it. */
export interface SessionOptions extends RedisServer {
  /** The id of this gateway, new with every process. */
  readonly gateway: string;
}

const READ_AT_ONCE = 500;

/** Two connections to the store: one for scripts, one that waits for changes. Ends when either breaks. */
export class RedisSession {
  readonly scripts: RegistryScripts;
  private readonly changes: string;

  private constructor(
    { prefix, gateway }: SessionOptions,
    private readonly connections: ConnectionPair,
  ) {
    defineScripts(connections.commands, prefix);
    this.scripts = new RegistryScripts(connections.commands, prefix, gateway);
    this.changes = changesKey(prefix);
  }

  /** @throws the error of ioredis if the store cannot be reached or refuses the connection */
  static async open(options: SessionOptions): Promise<RedisSession> {
    return new RedisSession(options, await ConnectionPair.open(options));
  }

  /** The changes after the one with id `since`. Waits for some; resolves to an empty list on time-out. */
  async readChanges(since: number): Promise<readonly ParsedEntry[]> {
    const reply = await this.connections.reader.xread(
      'COUNT',
      READ_AT_ONCE,
      'BLOCK',
      READ_BLOCK_MS,
      'STREAMS',
      this.changes,
      `${since}-0`,
    );
    return ((reply?.[0]?.[1] ?? []) as StreamEntry[]).map(parseEntry);
  }

  /** All stored changes up to the one with id `last`. */
  async readHistory(last: number): Promise<readonly ParsedEntry[]> {
    return ((await this.connections.reader.xrange(this.changes, '-', `${last}-0`)) as StreamEntry[]).map(
      parseEntry,
    );
  }

  /** Idempotent: every command that fails with the connection calls it. */
  end(): void {
    this.connections.end();
  }
}
