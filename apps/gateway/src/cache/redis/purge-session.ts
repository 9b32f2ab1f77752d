import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { connect, connectionTo, newId, type RedisServer } from '#service-kit';
import type { PurgeSelector } from '../purges/purge-selector.js';
import type { PurgePosition } from '../purges/shared-purges.js';

/** The server, and this gateway's id, new with every process. */
export interface PurgeSessionOptions extends RedisServer {
  readonly gateway: string;
}

/** A purge in the stream. */
export interface PurgeEntry {
  readonly id: number;
  /** Position of the purge before this one. */
  readonly since: number;
  /** The gateway that it came from. */
  readonly gateway: string;
  readonly selector: PurgeSelector;
}

const COMMAND_TIMEOUT_MS = 1000;
/** How long a read waits for purges before it is repeated, which detects a connection that broke silently. */
const READ_BLOCK_MS = 500;
const READ_AT_ONCE = 500;
/** For gateways that lose their connection, and for those that start. */
const PURGES_KEPT = 10_000;

const scriptNamed = (name: string): { lua: string; numberOfKeys: number } => ({
  lua: readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8'),
  numberOfKeys: 2,
});

/** The scripts as ioredis adds them to a connection. */
interface Scripts {
  openPurges(
    state: string,
    stream: string,
    newEpoch: string,
    epoch: string,
    id: number,
  ): Promise<[epoch: string, newest: string]>;
  appendPurge(
    state: string,
    stream: string,
    gateway: string,
    selector: string,
    kept: number,
  ): Promise<string | null>;
}

type StreamEntry = readonly [id: string, fields: readonly string[]];

function parseEntry([id, fields]: StreamEntry): PurgeEntry {
  const values = new Map<string, string>();
  for (let i = 0; i < fields.length; i += 2) values.set(fields[i] as string, fields[i + 1] as string);
  return {
    id: Number.parseInt(id, 10),
    since: Number(values.get('since')),
    gateway: values.get('gateway') ?? '',
    selector: JSON.parse(values.get('selector') ?? '{}') as PurgeSelector,
  };
}

/** Two connections to Redis: one for commands, one that waits for purges. Ends when either breaks. */
export class PurgeSession {
  private readonly state: string;
  private readonly stream: string;

  private constructor(
    readonly commands: Redis,
    private readonly reader: Redis,
    private readonly options: PurgeSessionOptions,
  ) {
    // The hash tag keeps all keys in one cluster slot, which scripts require.
    this.state = `{${options.prefix}}:cache-state`;
    this.stream = `{${options.prefix}}:cache-purges`;
  }

  /** @throws the error of ioredis if the store cannot be reached or refuses the connection */
  static async open(options: PurgeSessionOptions): Promise<PurgeSession> {
    const commands = connectionTo(options, COMMAND_TIMEOUT_MS);
    const reader = connectionTo(options, READ_BLOCK_MS + COMMAND_TIMEOUT_MS);
    commands.defineCommand('openPurges', scriptNamed('open-purges'));
    commands.defineCommand('appendPurge', scriptNamed('append-purge'));
    const session = new PurgeSession(commands, reader, options);
    try {
      await Promise.all([connect(commands), connect(reader)]);
      for (const each of [commands, reader]) each.once('close', () => session.end());
      return session;
    } catch (error) {
      session.end();
      throw error;
    }
  }

  /** The newest position. A store that has lost the purges up to `known` begins a new epoch. */
  async newest(known: PurgePosition | undefined): Promise<PurgePosition> {
    const { epoch, id } = known ?? { epoch: '', id: 0 };
    const reply = await this.scripts.openPurges(this.state, this.stream, newId(), epoch, id);
    return { epoch: reply[0], id: Number(reply[1]) };
  }

  /** @returns the position of the purge @throws if the store has lost its data or does not respond in time */
  async append(selector: PurgeSelector): Promise<number> {
    const { state, stream, options } = this;
    const json = JSON.stringify(selector);
    const id = await this.scripts.appendPurge(state, stream, options.gateway, json, PURGES_KEPT);
    if (id === null) throw new Error('Redis has lost the state of purges');
    return Number(id);
  }

  /** The purges after `since`. Waits for some; resolves to an empty list on time-out. */
  async read(since: number): Promise<readonly PurgeEntry[]> {
    const { reader, stream } = this;
    const reply = await reader.xread(
      ...(['COUNT', READ_AT_ONCE, 'BLOCK', READ_BLOCK_MS, 'STREAMS', stream, `${since}-0`] as const),
    );
    return ((reply?.[0]?.[1] ?? []) as StreamEntry[]).map(parseEntry);
  }

  /** All purges that the store has. */
  async history(): Promise<readonly PurgeEntry[]> {
    return ((await this.commands.xrange(this.stream, '-', '+')) as StreamEntry[]).map(parseEntry);
  }

  /** Idempotent. */
  end(): void {
    this.commands.disconnect();
    this.reader.disconnect();
  }

  private get scripts(): Scripts {
    // The types of ioredis know no commands of `defineCommand`.
    return this.commands as unknown as Scripts;
  }
}
