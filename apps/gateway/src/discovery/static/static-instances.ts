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
import { parseInstances, type StaticInstance } from '../../config/instances-file.js';

const TICKS_PER_READ = 1000 / SWEEP_INTERVAL_MS;
const READS_PER_HEARTBEAT = 5;
/** Long enough to survive a restart of a single gateway; these leases do not expire otherwise. */
const TTL_SECONDS = 30;

/** Dependencies of {@link StaticInstances}. */
export interface StaticInstancesParts {
  readonly path: string;
  readonly registry: RegistryService;
  readonly index: InstanceIndex;
  readonly targetPolicy: TargetPolicy;
  readonly ejector: Ejector;
  readonly onProblem: (message: string) => void;
}

/**
 * Registers the instances listed in a file, for programs that cannot register themselves. They differ from
 * other instances only in that this gateway sends their heartbeats: one that is unreachable stays registered,
 * and is checked until it returns. The file is polled, since a mounted file (a ConfigMap is a symbolic link
 * that moves) triggers no watcher.
 */
export class StaticInstances implements PeriodicTask {
  private ticks = 0;
  private isBusy = false;
  private text: string | undefined;
  private wanted: readonly StaticInstance[] = [];
  /** The entries that have been registered, by id. */
  private readonly applied = new Map<string, StaticInstance>();
  /** The last problem reported for each entry, so that each is reported once. */
  private readonly reportedProblems = new Map<string, string>();

  constructor(private readonly parts: StaticInstancesParts) {}

  async tick(): Promise<void> {
    const reads = this.ticks / TICKS_PER_READ;
    this.ticks += 1;
    if (!Number.isInteger(reads) || this.isBusy) return;
    this.isBusy = true;
    try {
      const hasChanged = await this.read();
      if (hasChanged || reads % READS_PER_HEARTBEAT === 0) await this.reconcile();
    } finally {
      this.isBusy = false;
    }
  }

  /** Whether the file has a different list than before. An invalid file changes nothing. */
  private async read(): Promise<boolean> {
    const text = await readFile(this.parts.path, 'utf8').catch(() => undefined);
    if (text === undefined)
      return this.reportOnce('', 'INSTANCES_FILE cannot be read; the previous list stays in effect');
    if (text === this.text) return false;
    this.text = text;
    const { instances, problems } = parseInstances(text);
    if (problems.length > 0)
      return this.reportOnce(
        '',
        `INSTANCES_FILE is invalid; the previous list stays in effect: ${problems.join('; ')}`,
      );
    this.reportedProblems.delete('');
    this.wanted = instances;
    return true;
  }

  private async reconcile(): Promise<void> {
    const ids = new Set(this.wanted.map(({ id }) => id));
    for (const id of this.applied.keys()) if (!ids.has(id)) await this.attempt(id, () => this.unregister(id));
    for (const entry of this.wanted) await this.attempt(entry.id, () => this.update(entry));
  }

  private async attempt(id: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
      this.reportedProblems.delete(id);
    } catch (error) {
      this.reportOnce(
        id,
        `Instance ${id} of INSTANCES_FILE cannot be updated; retrying: ${(error as Error).message}`,
      );
    }
  }

  private async unregister(id: string): Promise<void> {
    await this.parts.registry.unregister(id);
    this.applied.delete(id);
  }

  private async update(entry: StaticInstance): Promise<void> {
    const known = await this.parts.registry.heartbeat(entry.id, {});
    const isChanged = this.applied.get(entry.id) !== entry;
    if (!known || (isChanged && differs(entry, known)) || (await this.hasMoved(known)))
      await this.register(entry);
    this.applied.set(entry.id, entry);
  }

  private async register(entry: StaticInstance): Promise<void> {
    const { registry, index, ejector } = this.parts;
    await registry.register(registrationOf(entry));
    const instance = index.find(entry.id);
    // Nothing but the file indicates that the instance runs.
    if (instance) ejector.suspected(instance, 'listed in INSTANCES_FILE');
  }

  /** Whether the name resolves to another address now, as that of a recreated container does. */
  private async hasMoved({ id, url, status }: InstanceView): Promise<boolean> {
    const instance = this.parts.index.find(id);
    if (status !== 'down' || !instance) return false;
    return endpointOf(url, await this.parts.targetPolicy.addressOf(url)) !== instance.endpoint;
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
