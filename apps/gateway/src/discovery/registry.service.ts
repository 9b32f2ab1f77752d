import type { HeartbeatDto, InstanceStatus, InstanceView, RegisterInstanceDto } from '#contracts';
import type { LocalTarget } from '#registry-client';
import { newId } from '#service-kit';
import { issueToken } from './access/instance-tokens.js';
import type { TargetDoor } from './access/target-door.js';
import type { ExpiredInstances } from './leases/expired-instances.js';
import type { LeaseSweeper } from './leases/lease-sweeper.js';
import type { LocalTargets } from './local-targets.js';
import type { HealthChecker } from './probing/health-checker.js';
import { endpointOf } from './pinned-target.js';
import { checkLimits, type RegistryLimits } from './registry-limits.js';
import type { RegistryStore } from './store/registry-store.js';
import { registryUnavailable } from './problems.js';
import { reportOf, type StoredInstance } from './store/stored-instance.js';
import { storedFrom } from './stored-from.js';
import type { TableKeeper } from './table-keeper.js';
import { viewOf } from './view/instance-view.js';

const RETRY = { headers: { 'retry-after': '1' } };

/** Which instances to list; all of them without one. */
export interface InstanceFilter {
  readonly name?: string | undefined;
  readonly status?: InstanceStatus | undefined;
}

/** What a registration came to. */
export interface Registered {
  readonly instance: InstanceView;
  /** `false`: an instance of that id was known and is renewed. */
  readonly isNew: boolean;
  /** Proves to gateways that a request comes from this instance. */
  readonly token: string;
}

/** What the registry is made of. */
export interface RegistryParts {
  readonly store: RegistryStore;
  readonly keeper: TableKeeper;
  readonly targets: LocalTargets;
  readonly sweeper: LeaseSweeper;
  readonly expired: ExpiredInstances;
  readonly checker: HealthChecker;
  readonly door: TargetDoor;
  readonly limits: RegistryLimits;
}

/**
 * Who holds instances. Every change is in the service table before its promise resolves. Where an id is unknown the
 * answer is `undefined`.
 */
export class RegistryService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Adds an instance, or renews the one of the same id with all fields replaced. Whoever registers says that it is
   * there: a `down` or draining instance that registers again has restarted and is `up`.
   * @throws tooManyInstances, registryFull, targetNotUnicast, targetRefused, targetUnknown
   */
  async register(registration: RegisterInstanceDto, target?: LocalTarget): Promise<Registered> {
    const { store, keeper, targets, door } = this.parts;
    const id = registration.id ?? newId();
    // What lives in this process is handed requests, wherever it says it listens.
    const { origin } = new URL(registration.url);
    const endpoint = target ? origin : endpointOf(origin, await door.addressOf(origin));
    checkLimits(this.parts, id, registration.name);
    const { token, tokenHash } = issueToken(id);
    const { before, after } = await targets.setFor(id, target, () =>
      store.put({ ...storedFrom(registration, id, endpoint), tokenHash }, 'it registered'),
    );
    await keeper.settled();
    return { instance: this.view(after), isNew: before === undefined, token };
  }

  /** Renews the lease, and takes the instance out of rotation or puts it back where it reports another readiness. */
  async heartbeat(id: string, beat: HeartbeatDto): Promise<InstanceView | undefined> {
    const { store, checker } = this.parts;
    const stored = await store.beat(id, reportOf(beat));
    if (!stored || beat.ready === undefined) return this.viewIf(stored);
    // Most heartbeats report what is known, and move nothing.
    const moving = checker.report(stored, beat.ready);
    return moving ? this.viewIf(await moving) : this.view(stored);
  }

  /** Takes an instance out for good; answers whether there was one. */
  async unregister(id: string): Promise<boolean> {
    const removed = await this.parts.store.remove(id, 'it was unregistered');
    await this.parts.keeper.settled();
    return removed !== undefined;
  }

  /** Sends no new requests to an instance; those in flight finish. */
  drain(id: string): Promise<InstanceView | undefined> {
    return this.setDraining(id, true, { type: 'draining', reason: 'a drain was asked for' });
  }

  /** Takes a drain back. An instance that is `down` underneath shows as `down` again. */
  resume(id: string): Promise<InstanceView | undefined> {
    return this.setDraining(id, false, { type: 'resumed', reason: 'the drain was taken back' });
  }

  /** Removes every expired instance now and returns their ids. @throws registryUnavailable */
  async cleanup(): Promise<readonly string[]> {
    // The sweep itself, which comes all the time, finds nothing then.
    if (this.awaySince !== undefined)
      throw registryUnavailable('the registry is away: nothing expires meanwhile; try again', RETRY);
    const removed = await this.parts.sweeper.cleanup();
    await this.parts.keeper.settled();
    return removed;
  }

  async find(id: string): Promise<InstanceView | undefined> {
    return this.viewIf(await this.parts.store.get(id));
  }

  /** `false`: services may exist that have not registered here yet. */
  get isComplete(): boolean {
    return this.parts.store.isComplete;
  }

  /** Since when the store is away, milliseconds since the epoch; `undefined`: it answers. */
  get awaySince(): number | undefined {
    return this.parts.store.awaySince;
  }

  /** Why, in one word. */
  get awayFor(): string | undefined {
    return this.parts.store.awayFor;
  }

  /** Instances in order of registration. */
  async list({ name, status }: InstanceFilter = {}): Promise<readonly InstanceView[]> {
    const views = (await this.parts.store.list(name)).map((instance) => this.view(instance));
    return status === undefined ? views : views.filter((view) => view.status === status);
  }

  private async setDraining(
    id: string,
    isDraining: boolean,
    change: { readonly type: 'draining' | 'resumed'; readonly reason: string },
  ): Promise<InstanceView | undefined> {
    const moved = await this.parts.store.move(id, { isDraining }, change);
    await this.parts.keeper.settled();
    return this.viewIf(moved);
  }

  private view(stored: StoredInstance): InstanceView {
    return viewOf(stored, this.parts.targets.get(stored.id) ? 'local' : 'http');
  }

  private viewIf(stored: StoredInstance | undefined): InstanceView | undefined {
    return stored && this.view(stored);
  }
}
