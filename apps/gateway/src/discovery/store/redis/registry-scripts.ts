import type { Redis } from 'ioredis';
import type { ProbeView } from '#contracts';
import type { ChangeCause, InstanceState, RegistrySnapshot } from '../registry-store.js';
import type { NewInstance, RegisteredInstance, RevisedInstance } from '../stored-instance.js';
import type { Beat, Renewal } from './gathered-beats.js';
import { PRELUDE } from './lua/prelude.js';
import { CENSUS, LOOK, STATE } from './lua/reads.js';
import { FORGET_OTHERS, RESTORE, RESTORE_NAMES } from './lua/restore.js';
import { LEAVE, SWEEP } from './lua/upkeep.js';
import { BEAT, MOVE, NOTE_PROBES, PUT, REMOVE, REMOVE_EXPIRED, RENEW } from './lua/writes.js';
import { registryKeys } from './registry-keys.js';
import { instanceFrom, jsonOf, revisedFrom, type Row } from './row.js';

const SCRIPTS = {
  PUT,
  MOVE,
  BEAT,
  RENEW,
  NOTE_PROBES,
  REMOVE,
  REMOVE_EXPIRED,
  SWEEP,
  LEAVE,
  STATE,
  LOOK,
  CENSUS,
  RESTORE,
  RESTORE_NAMES,
  FORGET_OTHERS,
};

/** Limit of instances per call: a script blocks the server, and has to finish within the command time-out. */
const INSTANCES_AT_ONCE = 500;

type ScriptName = keyof typeof SCRIPTS;
type Argument = string | number;

/** The version of the store's data. */
export interface StoreState {
  /** Changes when the store has lost data, part of which may have been restored. */
  readonly epoch: string;
  /** The id of the newest change. */
  readonly change: number;
}

/** The result of a sweep. */
export interface Swept extends StoreState {
  /** Time lost since the store was created, milliseconds. */
  readonly lostMs: number;
  /** The gateways that were active lately. */
  readonly gateways: readonly string[];
  readonly expired: readonly RegisteredInstance[];
  /** The time of the store's clock, milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Defines the scripts on a connection; ioredis sends their text only if the server does not have them cached.
 */
export function defineScripts(connection: Redis, prefix: string): void {
  const numberOfKeys = registryKeys(prefix).length;
  for (const [name, lua] of Object.entries(SCRIPTS))
    connection.defineCommand(name, { lua: PRELUDE + lua, numberOfKeys });
}

/** The scripts of the registry as methods; each call of a script is atomic. */
export class RegistryScripts {
  private readonly first: readonly string[];

  /** @param gateway id of the calling gateway */
  constructor(
    private readonly connection: Redis,
    prefix: string,
    gateway: string,
  ) {
    this.first = [...registryKeys(prefix), gateway];
  }

  async put(instance: NewInstance, reason: string) {
    const json = JSON.stringify(instance);
    const answer = await this.call<[string, string | null, Row]>('PUT', instance.id, json, reason);
    const [change, before, row] = answer;
    return {
      change: Number(change),
      before: before === null ? undefined : instanceFrom(before),
      after: revisedFrom(row).instance,
    };
  }

  /**
   * Resolves to `undefined` for an unknown id or an expired instance; to change 0 if the state is unchanged.
   */
  async move(id: string, state: Partial<InstanceState>, { type, reason }: ChangeCause, endpoint = '') {
    const json = JSON.stringify(state);
    const [change, row] = await this.call<[string?, Row?]>('MOVE', id, json, type, reason, endpoint);
    return row && { change: Number(change), after: revisedFrom(row).instance };
  }

  /**
   * Resolves to the renewal of each lease in the same order; `undefined` for an unknown id or an expired
   * instance.
   */
  async beat(beats: readonly Beat[]): Promise<readonly (Renewal | undefined)[]> {
    const found: (Renewal | undefined)[] = [];
    for (const some of inParts(beats)) {
      const said = some.flatMap(({ id, report, known }) => [
        id,
        JSON.stringify(report),
        known?.revision ?? '',
        known?.ttlSeconds ?? '',
      ]);
      const [at, answers] = await this.call<[string, BeatAnswer[]]>('BEAT', ...said);
      for (const answer of answers) found.push(renewalFrom(answer, Number(at)));
    }
    return found;
  }

  async renew(instances: readonly RegisteredInstance[]): Promise<void> {
    for (const some of inParts(instances))
      await this.call('RENEW', ...some.flatMap(({ id, ttlSeconds }) => [id, ttlSeconds]));
  }

  async noteProbes(probes: ReadonlyMap<string, ProbeView>): Promise<void> {
    for (const some of inParts([...probes]))
      await this.call('NOTE_PROBES', ...some.flatMap(([id, probe]) => [id, JSON.stringify(probe)]));
  }

  async remove(id: string, reason: string) {
    const [change, before] = await this.call<[string?, string?]>('REMOVE', id, reason);
    return before === undefined ? undefined : { change: Number(change), before: instanceFrom(before) };
  }

  /** Resolves to the ids of the removed instances and the newest change. */
  async removeExpired(ids: readonly string[], reason: string) {
    const removed: string[] = [];
    let newest = 0;
    for (const some of inParts(ids)) {
      const [change, gone] = await this.call<[string, string[]]>('REMOVE_EXPIRED', reason, ...some);
      newest = Number(change);
      removed.push(...gone);
    }
    return { change: newest, removed };
  }

  /** @param retentionMs how long names of services that lost an instance are kept, milliseconds */
  async sweep(retentionMs: number): Promise<Swept> {
    const answer = await this.call<[string, string, string, string[], string[], string]>(
      'SWEEP',
      retentionMs,
    );
    const [epoch, change, lost, gateways, expired, at] = answer;
    return {
      epoch,
      change: Number(change),
      lostMs: Number(lost),
      gateways,
      expired: expired.map(instanceFrom),
      at: Number(at),
    };
  }

  async leave(): Promise<void> {
    await this.call('LEAVE');
  }

  async state(): Promise<StoreState> {
    const [epoch, change] = await this.call<[string, string]>('STATE');
    return { epoch, change: Number(change) };
  }

  /** The registered ones of the given instances. */
  async look(ids: readonly string[]): Promise<readonly RevisedInstance[]> {
    const found: RevisedInstance[] = [];
    for (const some of inParts(ids))
      found.push(...(await this.call<Row[]>('LOOK', ...some)).map(revisedFrom));
    return found;
  }

  /**
   * Reads everything. Changes made meanwhile are also among the changes after the returned one. Resolves to
   * `undefined` if the store lost data meanwhile.
   */
  async snapshot(): Promise<RegistrySnapshot | undefined> {
    const [epoch, change, ids, names] = await this.call<[string, string, string[], string[]]>('CENSUS');
    const instances = await this.look(ids);
    const { epoch: epochAtEnd } = await this.state();
    if (epoch !== epochAtEnd) return undefined;
    return { epoch, change: Number(change), instances, names: namesFrom(names) };
  }

  /**
   * Restores the data that the store lost. Resolves to its epoch, or to `undefined` if it lost data again
   * meanwhile.
   * @param seen the id of the newest change that this gateway has seen
   */
  async restore(
    seen: number,
    all: readonly RevisedInstance[],
    names: ReadonlyMap<string, number>,
  ): Promise<string | undefined> {
    const epochs = new Set<string>();
    // Called even without instances: the store must not assign ids again that were in use.
    for (const some of all.length === 0 ? [[]] : inParts(all)) {
      const rows = some.flatMap(({ instance, revision }) => [instance.id, jsonOf(instance), revision]);
      epochs.add(await this.call<string>('RESTORE', seen, ...rows));
    }
    epochs.add(await this.restoreNames(names));
    epochs.add(await this.call<string>('FORGET_OTHERS', seen, ...all.map(({ instance }) => instance.id)));
    return epochs.size === 1 ? [...epochs][0] : undefined;
  }

  /** Restores known names. Resolves to the epoch. */
  restoreNames(names: ReadonlyMap<string, number>): Promise<string> {
    return this.call<string>('RESTORE_NAMES', ...[...names].flat());
  }

  private call<T>(name: ScriptName, ...args: readonly Argument[]): Promise<T> {
    const scripts = this.connection as unknown as Record<
      ScriptName,
      (...args: readonly Argument[]) => Promise<T>
    >;
    return scripts[name](...this.first, ...args);
  }
}

function* inParts<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += INSTANCES_AT_ONCE) yield all.slice(i, i + INSTANCES_AT_ONCE);
}

/** A sorted set as Redis returns it: alternating members and scores. */
function namesFrom(answer: readonly string[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (let i = 0; i < answer.length; i += 2) names.set(answer[i] as string, Number(answer[i + 1]));
  return names;
}

type BeatAnswer = 1 | string | Row | null;

function renewalFrom(answer: BeatAnswer, at: number): Renewal | undefined {
  if (answer === null) return undefined;
  if (answer === 1) return { at, lastProbe: null };
  if (typeof answer === 'string') return { at, lastProbe: JSON.parse(answer) as ProbeView };
  const revised = revisedFrom(answer);
  return { at, lastProbe: revised.instance.lastProbe, revised };
}
