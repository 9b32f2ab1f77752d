import type { Redis } from 'ioredis';
import type { ProbeView } from '#contracts';
import type { ChangeCause, InstanceState, RegistryContents } from '../registry-store.js';
import type { NewInstance, RegisteredInstance, RevisedInstance } from '../stored-instance.js';
import type { Heartbeat, Renewal } from './heartbeat-batcher.js';
import { registryKeys } from './registry-keys.js';
import { instanceFrom, jsonOf, revisedFrom, type Row } from './row.js';
import { SCRIPTS, scriptSource, type ScriptArguments, type ScriptName } from './script-source.js';

/** Limit of instances per call: a script blocks the server, and has to finish within the command time-out. */
const INSTANCES_AT_ONCE = 500;

/** The version of the store's data. */
export interface StoreState {
  /** Changes when the store has lost data, part of which may have been restored. */
  readonly epoch: string;
  /** The id of the newest change. */
  readonly change: number;
}

/** The result of a sweep. */
interface SweepReply extends StoreState {
  /** Time lost since the store was created, milliseconds. */
  readonly lostMs: number;
  /** The gateways that were active lately. */
  readonly gateways: readonly string[];
  readonly expired: readonly RegisteredInstance[];
  /** The time of the store's clock, milliseconds since the epoch. */
  readonly at: number;
}

/** What each script returns. */
interface Replies {
  readonly put: readonly [change: string, before: string | null, row: Row];
  readonly 'change-state': readonly [change?: string, row?: Row];
  readonly 'record-heartbeats': readonly [at: string, renewals: readonly RenewalReply[]];
  readonly 'renew-leases': null;
  readonly 'record-health-checks': null;
  readonly remove: readonly [change?: string, before?: string];
  readonly 'remove-expired': readonly [change: string, ids: readonly string[]];
  readonly sweep: readonly [
    epoch: string,
    change: string,
    lostMs: string,
    gateways: readonly string[],
    expired: readonly string[],
    at: string,
  ];
  readonly leave: null;
  readonly 'read-state': readonly [epoch: string, change: string];
  readonly 'read-index': readonly [
    epoch: string,
    change: string,
    ids: readonly string[],
    names: readonly string[],
  ];
  readonly 'read-instances': readonly Row[];
  readonly restore: string;
  readonly 'restore-names': string;
  readonly 'remove-departed': string;
}

/** The last health check as JSON, or 1 if there is none; a row if the gateway's copy is not current. */
type RenewalReply = 1 | string | Row | null;

// ioredis adds commands as methods to the connection, which has one named `restore`.
const commandOf = <N extends ScriptName>(name: N) => `registry:${name}` as const;

/**
 * Defines the scripts on a connection; ioredis sends their text only if the server does not have them cached.
 */
export function defineScripts(connection: Redis, prefix: string): void {
  const numberOfKeys = registryKeys(prefix).length;
  for (const name of Object.keys(SCRIPTS) as ScriptName[])
    connection.defineCommand(commandOf(name), { lua: scriptSource(name), numberOfKeys });
}

/** The scripts of the registry as methods; each call of a script is atomic. */
export class RegistryScripts {
  /** What every call begins with: the keys and the id of the gateway. */
  private readonly leading: readonly string[];

  /** @param gateway id of the calling gateway */
  constructor(
    private readonly connection: Redis,
    prefix: string,
    gateway: string,
  ) {
    this.leading = [...registryKeys(prefix), gateway];
  }

  async put(instance: NewInstance, reason: string) {
    const [change, before, row] = await this.call('put', {
      instance: JSON.stringify(instance),
      reason,
    });
    return {
      change: Number(change),
      before: before === null ? undefined : instanceFrom(before),
      after: revisedFrom(row).instance,
    };
  }

  /**
   * Resolves to `undefined` for an unknown id or an expired instance; to change 0 if the state is unchanged.
   */
  async changeState(
    id: string,
    state: Partial<InstanceState>,
    { type, reason }: ChangeCause,
    endpoint?: string,
  ) {
    const args = { id, state, type, reason, endpoint, isEvent: false };
    const [change, row] = await this.call('change-state', args);
    return row && { change: Number(change), after: revisedFrom(row).instance };
  }

  /** Records an event about an instance that does not change it; `undefined` for an unknown or expired one. */
  async recordEvent(id: string, { type, reason }: ChangeCause) {
    const [change] = await this.call('change-state', {
      id,
      state: {},
      type,
      reason,
      endpoint: undefined,
      isEvent: true,
    });
    return change === undefined ? undefined : { change: Number(change) };
  }

  /**
   * Resolves to the renewal of each lease in the same order; `undefined` for an unknown id or an expired
   * instance.
   */
  async recordHeartbeats(heartbeats: readonly Heartbeat[]): Promise<readonly (Renewal | undefined)[]> {
    const found: (Renewal | undefined)[] = [];
    for (const batch of inBatches(heartbeats)) {
      const [at, renewals] = await this.call('record-heartbeats', {
        ids: batch.map(({ id }) => id),
        reports: batch.map(({ report }) => JSON.stringify(report)),
        revisions: batch.map(({ known }) => known?.revision ?? 0),
        ttlSeconds: batch.map(({ known }) => known?.ttlSeconds ?? 0),
      });
      for (const reply of renewals) found.push(renewalFrom(reply, Number(at)));
    }
    return found;
  }

  async renewLeases(instances: readonly RegisteredInstance[]): Promise<void> {
    for (const batch of inBatches(instances))
      await this.call('renew-leases', { instances: batch.map(({ id, ttlSeconds }) => ({ id, ttlSeconds })) });
  }

  async recordHealthChecks(results: ReadonlyMap<string, ProbeView>): Promise<void> {
    for (const batch of inBatches([...results]))
      await this.call('record-health-checks', {
        results: batch.map(([id, result]) => ({ id, result: JSON.stringify(result) })),
      });
  }

  async remove(id: string, reason: string) {
    const [change, before] = await this.call('remove', { id, reason });
    return before === undefined ? undefined : { change: Number(change), before: instanceFrom(before) };
  }

  /** Resolves to the ids of the removed instances and the newest change. */
  async removeExpired(ids: readonly string[], reason: string) {
    const removed: string[] = [];
    let newest = 0;
    for (const batch of inBatches(ids)) {
      const [change, removedIds] = await this.call('remove-expired', { ids: batch, reason });
      newest = Number(change);
      removed.push(...removedIds);
    }
    return { change: newest, removed };
  }

  /** @param retentionMs how long names of services that lost an instance are kept, milliseconds */
  async sweep(retentionMs: number): Promise<SweepReply> {
    const [epoch, change, lost, gateways, expired, at] = await this.call('sweep', { retentionMs });
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
    await this.call('leave', {});
  }

  async readState(): Promise<StoreState> {
    const [epoch, change] = await this.call('read-state', {});
    return { epoch, change: Number(change) };
  }

  /** The registered ones of the given instances. */
  async readInstances(ids: readonly string[]): Promise<readonly RevisedInstance[]> {
    const found: RevisedInstance[] = [];
    for (const batch of inBatches(ids))
      found.push(...(await this.call('read-instances', { ids: batch })).map(revisedFrom));
    return found;
  }

  /**
   * Reads everything. Changes made meanwhile are also among the changes after the returned one. Resolves to
   * `undefined` if the store lost data meanwhile.
   */
  async readContents(): Promise<RegistryContents | undefined> {
    const [epoch, change, ids, names] = await this.call('read-index', {});
    const instances = await this.readInstances(ids);
    const { epoch: epochAtEnd } = await this.readState();
    if (epoch !== epochAtEnd) return undefined;
    return { epoch, change: Number(change), instances, names: namesFrom(names) };
  }

  /**
   * Restores the data that the store lost. Resolves to its epoch, or to `undefined` if it lost data again
   * meanwhile.
   * @param newestChange the id of the newest change that this gateway has seen
   */
  async restore(
    newestChange: number,
    all: readonly RevisedInstance[],
    names: ReadonlyMap<string, number>,
  ): Promise<string | undefined> {
    const epochs = new Set<string>();
    // Called even without instances: the store must not assign ids again that were in use.
    for (const batch of all.length === 0 ? [[]] : inBatches(all)) {
      const instances = batch.map(({ instance, revision }) => ({
        id: instance.id,
        instance: jsonOf(instance),
        revision,
      }));
      epochs.add(await this.call('restore', { change: newestChange, instances }));
    }
    epochs.add(await this.restoreNames(names));
    const ids = all.map(({ instance }) => instance.id);
    epochs.add(await this.call('remove-departed', { change: newestChange, ids }));
    return epochs.size === 1 ? [...epochs][0] : undefined;
  }

  /** Restores known names. Resolves to the epoch. */
  restoreNames(names: ReadonlyMap<string, number>): Promise<string> {
    const all = [...names].map(([name, seenAt]) => ({ name, seenAt }));
    return this.call('restore-names', { names: all });
  }

  private call<N extends ScriptName>(name: N, args: ScriptArguments<N>): Promise<Replies[N]> {
    type Command = (...args: readonly string[]) => Promise<Replies[N]>;
    // The types of ioredis know no commands of `defineCommand`.
    const commands = this.connection as unknown as Readonly<Record<`registry:${N}`, Command>>;
    return commands[commandOf(name)](...this.leading, JSON.stringify(args));
  }
}

function* inBatches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += INSTANCES_AT_ONCE) yield all.slice(i, i + INSTANCES_AT_ONCE);
}

/** A sorted set as Redis returns it: alternating members and scores. */
function namesFrom(reply: readonly string[]): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (let i = 0; i < reply.length; i += 2) names.set(reply[i] as string, Number(reply[i + 1]));
  return names;
}

function renewalFrom(reply: RenewalReply, at: number): Renewal | undefined {
  if (reply === null) return undefined;
  if (reply === 1) return { at, lastProbe: null };
  if (typeof reply === 'string') return { at, lastProbe: JSON.parse(reply) as ProbeView };
  const revised = revisedFrom(reply);
  return { at, lastProbe: revised.instance.lastProbe, revised };
}
