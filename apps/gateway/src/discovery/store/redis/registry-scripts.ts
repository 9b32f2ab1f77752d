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

/** So many instances in one call: the server does nothing else meanwhile, and an answer has to come in time. */
const INSTANCES_AT_ONCE = 500;

type ScriptName = keyof typeof SCRIPTS;
type Argument = string | number;

/** Where the store stands. */
export interface StoreState {
  /** Another one than before: the store lost data, and somebody may have restored some. */
  readonly epoch: string;
  /** The id of the newest change. */
  readonly change: number;
}

/** What a sweep found. */
export interface Swept extends StoreState {
  /** Time that was lost since the store began, milliseconds. */
  readonly lostMs: number;
  /** Those that were heard of lately. */
  readonly gateways: readonly string[];
  readonly expired: readonly RegisteredInstance[];
}

/** Defines the scripts on a connection; ioredis sends their text only where the server does not know them yet. */
export function defineScripts(connection: Redis, prefix: string): void {
  const numberOfKeys = registryKeys(prefix).length;
  for (const [name, lua] of Object.entries(SCRIPTS))
    connection.defineCommand(name, { lua: PRELUDE + lua, numberOfKeys });
}

/** The scripts of the registry, each atomic, as calls. */
export class RegistryScripts {
  private readonly first: readonly string[];

  /** @param gateway who calls */
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

  /** Resolves to nothing for an unknown id or an expired instance; to change 0 when nothing moved. */
  async move(id: string, state: Partial<InstanceState>, { type, reason }: ChangeCause, endpoint = '') {
    const json = JSON.stringify(state);
    const [change, row] = await this.call<[string?, Row?]>('MOVE', id, json, type, reason, endpoint);
    return row && { change: Number(change), after: revisedFrom(row).instance };
  }

  /** Resolves in the same order to how each lease was renewed; to `undefined` for an unknown id or an expired instance. */
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

  /** Resolves to the ids of those that were there and had expired, and the newest change. */
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

  /** @param retentionMs how long names of services that lost an instance are kept */
  async sweep(retentionMs: number): Promise<Swept> {
    const answer = await this.call<[string, string, string, string[], string[]]>('SWEEP', retentionMs);
    const [epoch, change, lost, gateways, expired] = answer;
    return {
      epoch,
      change: Number(change),
      lostMs: Number(lost),
      gateways,
      expired: expired.map(instanceFrom),
    };
  }

  async leave(): Promise<void> {
    await this.call('LEAVE');
  }

  async state(): Promise<StoreState> {
    const [epoch, change] = await this.call<[string, string]>('STATE');
    return { epoch, change: Number(change) };
  }

  /** Those of them that are there. */
  async look(ids: readonly string[]): Promise<readonly RevisedInstance[]> {
    const found: RevisedInstance[] = [];
    for (const some of inParts(ids))
      found.push(...(await this.call<Row[]>('LOOK', ...some)).map(revisedFrom));
    return found;
  }

  /**
   * Reads everything; what changes meanwhile comes again with the changes after the one that it resolves to. Resolves to nothing when the
   * store lost data meanwhile.
   */
  async snapshot(): Promise<RegistrySnapshot | undefined> {
    const [epoch, change, ids, names] = await this.call<[string, string, string[], string[]]>('CENSUS');
    const instances = await this.look(ids);
    const { epoch: epochAtEnd } = await this.state();
    if (epoch !== epochAtEnd) return undefined;
    return { epoch, change: Number(change), instances, names: namesFrom(names) };
  }

  /**
   * Gives the store back what it lost. Resolves to its epoch, or to `undefined` when it lost data again in between.
   * @param seen the id of the newest change that this gateway has seen
   */
  async restore(
    seen: number,
    all: readonly RevisedInstance[],
    names: ReadonlyMap<string, number>,
  ): Promise<string | undefined> {
    const epochs = new Set<string>();
    // Also when there are none: the store has to learn which ids were given.
    for (const some of all.length === 0 ? [[]] : inParts(all)) {
      const rows = some.flatMap(({ instance, revision }) => [instance.id, jsonOf(instance), revision]);
      epochs.add(await this.call<string>('RESTORE', seen, ...rows));
    }
    epochs.add(await this.call<string>('RESTORE_NAMES', ...[...names].flat()));
    epochs.add(await this.call<string>('FORGET_OTHERS', seen, ...all.map(({ instance }) => instance.id)));
    return epochs.size === 1 ? [...epochs][0] : undefined;
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

/** Members and their scores in turn, as a sorted set is read. */
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
