import type { Redis } from 'ioredis';
import type { RedisServer } from '../config/redis-config.js';
import { connect, connectionTo } from './redis-client.js';

const COMMAND_TIMEOUT_MS = 1000;
/**
 * How long a read waits for new entries before it is repeated, which detects a connection that broke silently.
 */
export const READ_BLOCK_MS = 500;

/** Two connections to one server: one for scripts, one whose reads wait up to `READ_BLOCK_MS` for new entries. */
export class ConnectionPair {
  private hasEnded = false;

  private constructor(
    readonly commands: Redis,
    readonly reader: Redis,
  ) {}

  /** @throws the error of ioredis if Redis cannot be reached or refuses the connection */
  static async open(server: RedisServer): Promise<ConnectionPair> {
    const pair = new ConnectionPair(
      connectionTo(server, COMMAND_TIMEOUT_MS),
      connectionTo(server, READ_BLOCK_MS + COMMAND_TIMEOUT_MS),
    );
    try {
      await Promise.all([connect(pair.commands), connect(pair.reader)]);
      return pair;
    } catch (error) {
      pair.end();
      throw error;
    }
  }

  /** Idempotent: every command that fails with the connection may call it. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.commands.disconnect();
    this.reader.disconnect();
  }
}
