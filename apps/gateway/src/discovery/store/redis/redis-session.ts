import type { Redis } from 'ioredis';
import { connect, connectionTo, type RedisServer } from '#service-kit';
import { parseEntry, type ParsedEntry, type StreamEntry } from './stream-entry.js';
import { changesKey } from './registry-keys.js';
import { defineScripts, RegistryScripts } from './registry-scripts.js';

/** The location of the registry, and the gateway that uses it. */
export interface SessionOptions extends RedisServer {
  /** The id of this gateway, new with every process. */
  readonly gateway: string;
}

const COMMAND_TIMEOUT_MS = 1000;
/**
 * How long a read waits for changes before it is repeated, which detects a connection that broke silently.
 */
const READ_BLOCK_MS = 500;
const READ_AT_ONCE = 500;

/** Two connections to the store: one for scripts, one that waits for changes. Ends when either breaks. */
export class RedisSession {
  private hasEnded = false;

  private constructor(
    readonly scripts: RegistryScripts,
    private readonly commands: Redis,
    private readonly reader: Redis,
    private readonly changes: string,
  ) {}

  /** @throws the error of ioredis if the store cannot be reached or refuses the connection */
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

  /** The changes after the one with id `since`. Waits for some; resolves to an empty list on time-out. */
  async readChanges(since: number): Promise<readonly ParsedEntry[]> {
    const reply = await this.reader.xread(
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
    return ((await this.reader.xrange(this.changes, '-', `${last}-0`)) as StreamEntry[]).map(parseEntry);
  }

  /** Idempotent: every command that fails with the connection calls it. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.commands.disconnect();
    this.reader.disconnect();
  }
}
