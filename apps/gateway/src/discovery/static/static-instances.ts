import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { InstanceView } from '#contracts';
import type { TargetPolicy } from '../access/target-policy.js';
import type { PeriodicTask } from '../schedule/discovery-timer.js';
import { endpointOf } from '../model/pinned-target.js';
import type { Ejector } from '../ejection/ejector.js';
import type { RegistryService } from '../registry/registry.service.js';
import { SWEEP_INTERVAL_MS } from '../store/lost-time.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { newInstanceFrom } from '../store/new-instance.js';
import { parseInstances, type DnsEntry, type StaticInstance } from '../../config/instances-file.js';
import { DnsInstances, type DnsInstance } from './dns-instances.js';
import type { DnsLookup } from './dns-lookup.js';
import { applyPriorities } from './srv-priorities.js';

const TICKS_PER_READ = 1000 / SWEEP_INTERVAL_MS;
const READS_PER_HEARTBEAT = 5;
/** Long enough to survive a restart of a single gateway; these leases do not expire otherwise. */
const TTL_SECONDS = 30;
/**
 * How long an instance drains at least after its address has left its DNS name. If the address returns
 * meanwhile, as with a server whose answers lag behind, it is in rotation again.
 */
const DRAIN_MS = 5000;

/** Dependencies of {@link StaticInstances}. */
export interface StaticInstancesParts {
  readonly path: string;
  readonly registry: RegistryService;
  readonly index: InstanceIndex;
  readonly targetPolicy: TargetPolicy;
  readonly ejector: Ejector;
  readonly lookup: DnsLookup;
  readonly onProblem: (message: string) => void;
  /** Called for events that concern the operator. */
  readonly onNotice: (message: string) => void;
}

/**
 * Registers the instances listed in a file, and those of the DNS names in it, for programs that cannot register
 * themselves. They differ from other instances only in that this gateway sends their heartbeats: one that is
 * unreachable stays registered, and is checked until it returns. The file is polled, since a mounted file (a
 * ConfigMap is a symbolic link that moves) triggers no watcher.
 */
export class StaticInstances implements PeriodicTask {
  private ticks = 0;
  private isBusy = false;
  private text: string | undefined;
  private listed: readonly StaticInstance[] = [];
  private readonly dns: DnsInstances;
  /** The entries that have been registered, by id. */
  private readonly applied = new Map<string, StaticInstance>();
  /** The last problem reported about each subject, so that each is reported once. */
  private readonly reportedProblems = new Map<string, string>();
  /** When the instances that left their DNS name are unregistered, by id, on the time of {@link now}. */
  private readonly leavingAt = new Map<string, number>();

  constructor(private readonly parts: StaticInstancesParts) {
    this.dns = new DnsInstances(parts.lookup, (...outcome) => this.reportLookup(...outcome));
  }

  async tick(): Promise<void> {
    const reads = this.ticks / TICKS_PER_READ;
    this.ticks += 1;
    if (this.isBusy) return;
    this.isBusy = true;
    try {
      const isReadDue = Number.isInteger(reads);
      const hasChanged = isReadDue && (await this.read());
      this.dns.refresh(this.now);
      const isHeartbeatDue = isReadDue && reads % READS_PER_HEARTBEAT === 0;
      if (this.dns.takeChange() || hasChanged || isHeartbeatDue) await this.reconcile();
      await this.applyPriorities();
    } finally {
      this.isBusy = false;
    }
  }

  /** Milliseconds, by ticks: unlike the clock, they are never set. */
  private get now(): number {
    return this.ticks * SWEEP_INTERVAL_MS;
  }

  /** Whether the file has a different list than before. An invalid file changes nothing. */
  private async read(): Promise<boolean> {
    const text = await readFile(this.parts.path, 'utf8').catch(() => undefined);
    if (text === undefined)
      return this.reportOnce('', 'INSTANCES_FILE cannot be read; the previous list stays in effect');
    if (text === this.text) return false;
    this.text = text;
    const { instances, dnsEntries, problems } = parseInstances(text);
    if (problems.length > 0)
      return this.reportOnce(
        '',
        `INSTANCES_FILE is invalid; the previous list stays in effect: ${problems.join('; ')}`,
      );
    this.reportedProblems.delete('');
    this.listed = instances;
    this.dns.follow(dnsEntries);
    return true;
  }

  private async reconcile(): Promise<void> {
    const wanted = new Map(
      [...this.dns.instances, ...this.listed].map((entry) => [entry.id, entry] as const),
    );
    for (const [id, entry] of this.applied)
      if (!wanted.has(id)) await this.attempt(`Instance ${id}`, () => this.remove(entry));
    for (const entry of wanted.values()) await this.attempt(`Instance ${entry.id}`, () => this.update(entry));
  }

  private async applyPriorities(): Promise<void> {
    const { index, registry } = this.parts;
    for (const group of this.dns.prioritized)
      await this.attempt(`Priorities of ${group[0]?.name}`, () => applyPriorities(group, index, registry));
  }

  private async attempt(about: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.reportedProblems.delete(about);
    } catch (error) {
      this.reportOnce(
        about,
        `${about} of INSTANCES_FILE cannot be updated; retrying: ${(error as Error).message}`,
      );
    }
  }

  private async remove({ id, address, url }: StaticInstance): Promise<void> {
    const { registry } = this.parts;
    if (address !== undefined) {
      const reason = `${new URL(url).hostname} has no address ${address} any more`;
      const leavesAt = this.leavingAt.get(id) ?? this.now + DRAIN_MS;
      if (!this.leavingAt.has(id)) await registry.drain(id, reason);
      this.leavingAt.set(id, leavesAt);
      if (leavesAt > this.now) return;
    }
    await registry.unregister(id);
    this.leavingAt.delete(id);
    this.applied.delete(id);
  }

  private async update(entry: StaticInstance): Promise<void> {
    const known = await this.parts.registry.heartbeat(entry.id, {});
    const isChanged = this.applied.get(entry.id) !== entry;
    if (!known || (isChanged && differs(entry, known)) || (await this.hasMoved(entry, known)))
      await this.register(entry);
    if (this.leavingAt.delete(entry.id)) await this.parts.registry.resume(entry.id);
    this.applied.set(entry.id, entry);
  }

  private async register(entry: StaticInstance): Promise<void> {
    const { registry, index, ejector } = this.parts;
    await registry.register(registrationOf(entry), undefined, { address: entry.address });
    const instance = index.find(entry.id);
    // Nothing but the file indicates that the instance runs.
    if (instance) ejector.suspected(instance, 'listed in INSTANCES_FILE');
  }

  /** Whether the name resolves to another address now, as that of a recreated container does. */
  private async hasMoved(entry: StaticInstance, { id, url, status }: InstanceView): Promise<boolean> {
    const instance = this.parts.index.find(id);
    if (status !== 'down' || !instance) return false;
    return endpointOf(url, await this.parts.targetPolicy.addressOf(url, entry.address)) !== instance.endpoint;
  }

  private reportLookup(
    { dns: { name } }: DnsEntry,
    instances: readonly DnsInstance[],
    problem: string | undefined,
  ): void {
    const { registry, onProblem, onNotice } = this.parts;
    if (problem === undefined) {
      onNotice(`DNS name ${name} of INSTANCES_FILE can be looked up again`);
      return;
    }
    const reason = `look-up of ${name} failed (${problem}); instances of the last answer stay: ${instances.length}`;
    onProblem(`DNS of INSTANCES_FILE: ${reason}`);
    const [first] = instances;
    // The log has it; the store may be what is unavailable.
    if (first) registry.recordEvent(first.id, { type: 'dns-failed', reason }).catch(() => undefined);
  }

  private reportOnce(about: string, message: string): false {
    if (this.reportedProblems.get(about) !== message) this.parts.onProblem(message);
    this.reportedProblems.set(about, message);
    return false;
  }
}

const registrationOf = (entry: StaticInstance): StaticInstance => ({
  ...entry,
  ttlSeconds: TTL_SECONDS,
  metadata: { ...entry.metadata, static: 'true' },
});

/** Whether an entry differs from the instance registered under its id. */
function differs(entry: StaticInstance, known: InstanceView): boolean {
  const { name, url, version, weight, healthPath, metadata } = newInstanceFrom(
    registrationOf(entry),
    entry.id,
    entry.url,
  );
  const wanted = { name, url, version, weight, healthPath, metadata };
  const has = Object.fromEntries(Object.keys(wanted).map((key) => [key, known[key as keyof InstanceView]]));
  return !isDeepStrictEqual(has, wanted);
}
