import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connect, connectionTo, type RedisServer } from '../../../discovery/index.js';
import type { Charge, Charged, LimitStore } from './shared-limits.js';

/** The server, and this gateway's id, new with every process. */
export interface LimitStoreOptions extends RedisServer {
  readonly gateway: string;
}

const COMMAND_TIMEOUT_MS = 1000;
const RETRY_EVERY_MS = 100;

const CONSTANTS = {
  // A gateway without shared limits in use does not count among those that a limit is divided among.
  gateway_forgotten_after_ms: 10_000,
  // How long a drained bucket is kept: the server's clock may be set.
  kept_ms: 1000,
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
) => Promise<readonly [gateways: number, debts: readonly string[]]>;

/** Adds up charges in Redis. Connects again after every failure. */
export class RedisLimitStore implements LimitStore {
  private connection: Redis | undefined;
  private running: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  /** @param onChange called when the store becomes unavailable, with the cause, or available */
  constructor(
    private readonly options: LimitStoreOptions,
    private readonly onChange: (cause: unknown) => void = () => undefined,
  ) {}

  get isAvailable(): boolean {
    return this.connection !== undefined;
  }

  get isStarted(): boolean {
    return this.running !== undefined;
  }

  /** Resolves after the first attempt to connect. Idempotent. */
  async start(): Promise<void> {
    if (this.running) return;
    await new Promise<void>((resolve) => {
      this.running = this.run(resolve);
    });
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.connection?.disconnect();
    await this.running;
  }

  async charge(charges: readonly Charge[]): Promise<Charged> {
    const { connection } = this;
    if (!connection) throw new Error('Redis is not connected');
    // The hash tag keeps all keys in one cluster slot, which scripts require.
    const prefix = `{${this.options.prefix}}:limit`;
    const args = {
      gateway: this.options.gateway,
      costs: charges.map(({ cost }) => cost),
      least: charges.map(({ least }) => least),
      drainPerMs: charges.map(({ drainPerMs }) => drainPerMs),
    };
    const keys = [...charges.map(({ key }) => `${prefix}:${key}`), `${prefix}-gateways`];
    try {
      const { chargeLimits } = connection as unknown as { readonly chargeLimits: Command };
      const [gateways, debts] = await chargeLimits.call(
        connection,
        keys.length,
        ...keys,
        JSON.stringify(args),
      );
      return { gateways, debts: debts.map(Number) };
    } catch (error) {
      if (this.connection === connection) this.connection = undefined;
      connection.disconnect();
      throw error;
    }
  }

  private async run(onFirst: () => void): Promise<void> {
    let isReported = false;
    const report = (cause: unknown): void => {
      if (!isReported) this.onChange(cause);
      isReported = true;
    };
    while (!this.stopping.signal.aborted) {
      const connection = connectionTo(this.options, COMMAND_TIMEOUT_MS);
      connection.defineCommand('chargeLimits', { lua: SOURCE });
      let cause: unknown = new Error('Redis closed the connection');
      connection.on('error', (error: unknown) => (cause = error));
      const closed = new Promise((resolve) => connection.once('close', resolve));
      try {
        await connect(connection);
        this.connection = connection;
        this.onChange(undefined);
        isReported = false;
        onFirst();
        await closed;
      } catch (error) {
        cause = error;
      }
      this.connection = undefined;
      connection.disconnect();
      onFirst();
      if (this.stopping.signal.aborted) return;
      report(cause);
      await sleep(RETRY_EVERY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }
}
