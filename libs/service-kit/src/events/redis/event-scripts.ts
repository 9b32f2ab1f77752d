import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** An entry of a stream; without fields if it was deleted. */
export type StreamEntry = readonly [id: string, fields: readonly string[] | null];

/** What `take.lua` returns for one stream. */
export type TakenStream = readonly [from: string, entries: readonly StreamEntry[], last: string];

/** The scripts, `lua/<name>.lua`, as ioredis adds them to a connection. The first argument is the number of keys. */
export interface EventScripts {
  eventPosition(keys: 1, stream: string): Promise<string>;
  eventAppend(keys: 2, stream: string, sources: string, ...args: readonly string[]): Promise<string>;
  eventTake(
    keys: number,
    ...keysAndArgs: readonly (string | number)[]
  ): Promise<readonly [streams: readonly TakenStream[], handledTypes: readonly string[]] | null>;
  eventAcknowledge(
    keys: 2,
    lease: string,
    stream: string,
    group: string,
    holder: string,
    durationMs: number,
    ...ids: readonly string[]
  ): Promise<number>;
  eventRenew(keys: 1, lease: string, holder: string, durationMs: number): Promise<number>;
  eventAnnounce(
    keys: 1,
    handlers: string,
    holder: string,
    keptMs: number,
    count: number,
    ...types: readonly (string | number)[]
  ): Promise<readonly (string | number)[]>;
  eventHandOver(
    keys: 3,
    lease: string,
    handlers: string,
    wakePrefix: string,
    holder: string,
    durationMs: number,
    type: string,
    keptMs: number,
  ): Promise<'handed' | 'absent' | 'gone' | 'lost'>;
  eventGroups(keys: 1, stream: string): Promise<readonly string[]>;
  eventTrim(keys: 1, stream: string, first: string, retiredMs: number): Promise<number>;
}

const COMMANDS = {
  eventPosition: 'position',
  eventAppend: 'append',
  eventTake: 'take',
  eventAcknowledge: 'acknowledge',
  eventRenew: 'renew',
  eventAnnounce: 'announce',
  eventHandOver: 'hand-over',
  eventGroups: 'groups',
  eventTrim: 'trim',
} as const satisfies Readonly<Record<keyof EventScripts, string>>;

const read = (name: string): string => readFileSync(new URL(`lua/${name}.lua`, import.meta.url), 'utf8');

/** The text of each command as Redis runs it: `lua/prelude.lua`, and the script itself. */
export const scriptSources = (): ReadonlyMap<string, string> => {
  const prelude = read('prelude');
  return new Map(Object.entries(COMMANDS).map(([command, name]) => [command, prelude + read(name)]));
};

let sources: ReadonlyMap<string, string> | undefined;

/** Defines the scripts on a connection; ioredis sends their text only if the server does not have them cached. */
export function withEventScripts(connection: Redis): EventScripts {
  sources ??= scriptSources();
  for (const [command, lua] of sources) connection.defineCommand(command, { lua });
  return connection as unknown as EventScripts;
}
