import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { connect, connectionTo, SessionLoop, type RedisServer } from '#service-kit';
import { wholeMs } from './bucket.js';
import type { Charged, ChargedElsewhere, Charges, LimitStore } from './limit-store.js';
import { StoreClock } from './store-clock.js';

/** The server, and this gateway's id, new with every process. */
export interface LimitStoreOptions extends RedisServer {
  readonly gateway: string;
}

const COMMAND_TIMEOUT_MS = 1000;

const CONSTANTS = {
  // A gateway without shared limits in use does not count among those that a limit is divided among.
  gateway_forgotten_after_ms: 10_000,
  // How long a drained bucket is kept: the server's clock may be set, and gateways may report earlier requests.
  kept_ms: 2000,
  longest_transit_ms: COMMAND_TIMEOUT_MS,
};

const SOURCE = `
local args = cjson.decode(ARGV[1])
local constants = { ${Object.entries(CONSTANTS)
  .map((each) => each.join(' = '))
  .join(', ')} }
${readFileSync(new URL('lua/charge.lua', import.meta.url), 'utf8')}`;

type Command = (
  numberOfKeys: number,
  ...keysAndArgs: readonly (string | number)[]
) => Promise<readonly [gateways: number, time: string, debts: readonly string[]]>;

/** What `charge.lua` publishes. */
interface ChargedMessage {
  readonly gateway: string;
  /** Those of the charges. */
  readonly keys: readonly string[];
  readonly costs: readonly number[];
  readonly debts: readonly string[];
  /** The server's time. */
  readonly at: string;
}

/** Adds up charges in Redis. Connects again after every failure. */
export class RedisLimitStore implements LimitStore {
  private readonly listeners = new Set<(charged: ChargedElsewhere) => void>();
  // The hash tag keeps all keys in one cluster slot, which scripts require.
  private readonly prefix: string;
  private readonly channel: string;
  private connection: Redis | undefined;
  private clock = new StoreClock();
  /** Gives up the current connection. */
  private giveUp: (cause: unknown) => void = () => undefined;
  private readonly sessions: SessionLoop;

  /** @param onChange called when the store becomes unavailable, with the cause, or available */
  constructor(
    private readonly options: LimitStoreOptions,
    onChange: (cause: unknown) => void = () => undefined,
  ) {
    this.sessions = new SessionLoop((onAvailable) => this.runSession(onAvailable), onChange);
    this.prefix = `{${options.prefix}}:limit`;
    this.channel = `${this.prefix}-charges`;
  }

  get isAvailable(): boolean {
    return this.connection !== undefined;
  }

  onCharged(listener: (charged: ChargedElsewhere) => void): void {
    this.listeners.add(listener);
  }

  /** Resolves after the first attempt to connect. Idempotent. */
  start(): Promise<void> {
    return this.sessions.start();
  }

  stop(): Promise<void> {
    // Also if the connection is not open yet.
    return this.sessions.stop(() => this.giveUp(undefined));
  }

  async charge({ charges, delayMs }: Charges): Promise<Charged> {
    const { connection, prefix, channel, clock } = this;
    if (!connection) throw new Error('Redis is not connected');
    const sentAt = wholeMs();
    const args = {
      channel,
      delayMs,
      sentAt: clock.toStore(sentAt),
      gateway: this.options.gateway,
      keys: charges.map(({ key }) => key),
      costs: charges.map(({ cost }) => cost),
      ages: charges.map(({ ageMs }) => ageMs),
      least: charges.map(({ least }) => least),
      drainPerMs: charges.map(({ drainPerMs }) => drainPerMs),
    };
    const keys = [...charges.map(({ key }) => `${prefix}:${key}`), `${prefix}-gateways`];
    try {
      // The types of ioredis know no commands of `defineCommand`.
      const { chargeLimits } = connection as unknown as { readonly chargeLimits: Command };
      const [gateways, time, debts] = await chargeLimits.call(
        connection,
        keys.length,
        ...keys,
        JSON.stringify(args),
      );
      clock.measure(Number(time), sentAt, wholeMs());
      return { gateways, at: clock.toLocal(Number(time)), debts: debts.map(Number) };
    } catch (error) {
      if (this.connection === connection) {
        this.connection = undefined;
        this.giveUp(error);
      }
      throw error;
    }
  }

  /** Resolves when a connection has failed or ended, to the cause. */
  private async runSession(onAvailable: () => void): Promise<unknown> {
    const [commands, reader] = [this.newConnection(), this.newConnection()];
    commands.defineCommand('chargeLimits', { lua: SOURCE });
    reader.on('message', (_channel: string, message: string) => this.tell(message));
    const lost = new Promise<unknown>((resolve) => {
      this.giveUp = resolve;
      for (const each of [commands, reader])
        each.once('close', () => resolve(new Error('the connection was closed')));
    });
    try {
      await Promise.all([connect(commands), connect(reader)]);
      this.clock = await clockOf(commands);
      await reader.subscribe(this.channel);
      // A replica, or a server without memory or disk, accepts connections and refuses writes.
      await commands.set(`${this.prefix}-probe`, '', 'PX', CONSTANTS.kept_ms);
      this.connection = commands;
      onAvailable();
      return await lost;
    } catch (error) {
      return error;
    } finally {
      this.connection = undefined;
      for (const each of [commands, reader]) each.disconnect();
    }
  }

  private newConnection(): Redis {
    return connectionTo(this.options, COMMAND_TIMEOUT_MS);
  }

  private tell(message: string): void {
    const { gateway, keys, costs, debts, at } = messageIn(message);
    if (gateway === this.options.gateway) return;
    const charged = { keys, costs, debts: debts.map(Number), at: this.clock.toLocal(Number(at)) };
    for (const listener of this.listeners) listener(charged);
  }
}

async function clockOf(connection: Redis): Promise<StoreClock> {
  const [clock, sentAt] = [new StoreClock(), wholeMs()];
  // The types of ioredis declare numbers.
  const [seconds, microseconds] = (await connection.time()) as unknown as readonly [string, string];
  clock.measure(Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000), sentAt, wholeMs());
  return clock;
}

/** A message that is none of this version has no charges. */
function messageIn(text: string): ChargedMessage {
  try {
    const message = JSON.parse(text) as ChargedMessage;
    if ([message.keys, message.costs, message.debts].every(Array.isArray)) return message;
  } catch {
    // Handled below.
  }
  return { gateway: '', keys: [], costs: [], debts: [], at: '0' };
}
