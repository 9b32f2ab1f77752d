import type { HeartbeatDto, InstanceStatus, InstanceView, RegisterInstanceDto } from '#contracts';
import type { LocalTarget } from '#registry-client';
import { newId } from '#service-kit';
import { issueToken } from '../access/instance-tokens.js';
import type { TargetPolicy } from '../access/target-policy.js';
import type { ExpiredInstances } from '../leases/expired-instances.js';
import type { LeaseSweeper } from '../leases/lease-sweeper.js';
import type { LocalTargets } from '../table/local-targets.js';
import { NOT_READY, type HealthChecker } from '../health-checks/health-checker.js';
import type { VersionHold } from '../model/instance.js';
import { endpointOf } from '../model/pinned-target.js';
import { checkLimits, type RegistryLimits } from './registry-limits.js';
import type { ChangeCause, InstanceState, RegistryStore } from '../store/registry-store.js';
import { registryUnavailable } from '../model/problems.js';
import { reportOf, type StoredInstance } from '../store/stored-instance.js';
import { newInstanceFrom } from '../store/new-instance.js';
import type { InstanceIndex } from '../table/instance-index.js';
import { viewOf } from './instance-view.js';

const RETRY = { headers: { 'retry-after': '1' } };

/** Which instances to list; all of them if empty. */
export interface InstanceFilter {
  readonly name?: string | undefined;
  readonly status?: InstanceStatus | undefined;
}

/** What a registration has beside its members. */
export interface RegistrationTerms {
  /** `false`: out of rotation until a heartbeat reports the instance as ready; by default `true`. */
  readonly isReady?: boolean;
  /** The address of the host of its URL, if it was looked up before. */
  readonly address?: string | undefined;
}

/** The result of a registration. */
export interface Registered {
  readonly instance: InstanceView;
  /** `false`: an instance with this id was already registered and is renewed. */
  readonly isNew: boolean;
  /** Proves to gateways that a request comes from this instance. */
  readonly token: string;
}

/** Dependencies of {@link RegistryService}. */
export interface RegistryParts {
  readonly store: RegistryStore;
  readonly index: InstanceIndex;
  readonly targets: LocalTargets;
  readonly sweeper: LeaseSweeper;
  readonly expired: ExpiredInstances;
  readonly checker: HealthChecker;
  readonly targetPolicy: TargetPolicy;
  readonly limits: RegistryLimits;
}

/**
 * The registry of instances. Every change is in the service table before its promise resolves. Methods that
 * take an id resolve to `undefined` if it is unknown, except {@link RegistryService.unregister}.
 */
export class RegistryService {
  constructor(private readonly parts: RegistryParts) {}

  /**
   * Adds an instance, or renews the one with the same id and replaces all its fields. A registration proves
   * that the instance runs: a `down` or draining instance that registers again has restarted and is `up`.
   * @throws tooManyInstances, registryFull, targetNotUnicast, targetRefused, targetUnknown
   */
  async register(
    registration: RegisterInstanceDto,
    target?: LocalTarget,
    { isReady = true, address }: RegistrationTerms = {},
  ): Promise<Registered> {
    const { store, index, targets, targetPolicy } = this.parts;
    const id = registration.id ?? newId();
    // An instance in this process receives requests by a function call, whatever its URL: no address to
    // resolve.
    const { origin } = new URL(registration.url);
    const endpoint = target ? origin : endpointOf(origin, await targetPolicy.addressOf(origin, address));
    checkLimits(this.parts, id, registration.name);
    const { token, tokenHash } = issueToken(id);
    const { before, after } = await targets.setFor(id, target, () =>
      store.put(
        { ...newInstanceFrom(registration, id, endpoint), ...(!isReady && { health: NOT_READY }), tokenHash },
        'registered',
      ),
    );
    await index.settled();
    return { instance: this.view(after), isNew: before === undefined, token };
  }

  /** Renews the lease. A changed readiness takes the instance out of rotation or returns it. */
  async heartbeat(id: string, report: HeartbeatDto): Promise<InstanceView | undefined> {
    const { store, checker } = this.parts;
    const stored = await store.recordHeartbeat(id, reportOf(report));
    if (!stored || report.ready === undefined) return this.viewIf(stored);
    // Most heartbeats report no change.
    const moving = checker.applyReadiness(stored, report.ready);
    return moving ? this.viewIf(await moving) : this.view(stored);
  }

  /** Removes an instance; returns whether it was registered. */
  async unregister(id: string, reason = 'unregistered'): Promise<boolean> {
    const removed = await this.parts.store.remove(id, reason);
    await this.parts.index.settled();
    return removed !== undefined;
  }

  /** Sends no new requests to an instance; those in flight finish. */
  drain(id: string, reason = 'drain requested'): Promise<InstanceView | undefined> {
    return this.changeState(id, { isDraining: true }, { type: 'draining', reason });
  }

  /** Holds versions of a service back from traffic, and no others; applies to this gateway. */
  holdVersions(service: string, holds: ReadonlyMap<string, VersionHold>): void {
    this.parts.index.holdVersions(service, holds);
  }

  /** Records an event about an instance that changes nothing. @throws registryUnavailable */
  recordEvent(id: string, cause: ChangeCause): Promise<void> {
    return this.parts.store.recordEvent(id, cause);
  }

  /** Ends a drain. An instance whose health is `down` shows as `down` again. */
  resume(id: string): Promise<InstanceView | undefined> {
    return this.changeState(id, { isDraining: false }, { type: 'resumed', reason: 'drain cancelled' });
  }

  /** Changes the share of traffic of an instance, until it registers again. */
  setWeight(id: string, weight: number): Promise<InstanceView | undefined> {
    return this.changeState(id, { weight }, { type: 'weight-changed', reason: `weight set to ${weight}` });
  }

  /** Removes every expired instance now; returns their ids. @throws registryUnavailable */
  async cleanup(): Promise<readonly string[]> {
    // Sweeps do not reject while the store is unavailable; they find nothing.
    if (this.unavailableSince !== undefined)
      throw registryUnavailable(
        'the registry is unavailable and expires no leases until it is back; retry later',
        RETRY,
      );
    const removed = await this.parts.sweeper.cleanup();
    await this.parts.index.settled();
    return removed;
  }

  async find(id: string): Promise<InstanceView | undefined> {
    return this.viewIf(await this.parts.store.get(id));
  }

  /** `false`: services may exist that have not registered with this gateway yet. */
  get isComplete(): boolean {
    return this.parts.store.isComplete;
  }

  /** Since when the store is unavailable, milliseconds since the epoch; `undefined` if it is available. */
  get unavailableSince(): number | undefined {
    return this.parts.store.unavailableSince;
  }

  /** The reason, in one word. */
  get unavailableReason(): string | undefined {
    return this.parts.store.unavailableReason;
  }

  /** Instances in order of registration. */
  async list({ name, status }: InstanceFilter = {}): Promise<readonly InstanceView[]> {
    const views = (await this.parts.store.list(name)).map((instance) => this.view(instance));
    return status === undefined ? views : views.filter((view) => view.status === status);
  }

  /** All instances with their leases, reports and last health checks. */
  all(): Promise<readonly StoredInstance[]> {
    return this.parts.store.list();
  }

  private async changeState(
    id: string,
    state: Partial<InstanceState>,
    cause: ChangeCause,
  ): Promise<InstanceView | undefined> {
    const moved = await this.parts.store.changeState(id, state, cause);
    await this.parts.index.settled();
    return this.viewIf(moved);
  }

  private view(stored: StoredInstance): InstanceView {
    return viewOf(stored, this.parts.targets.get(stored.id) ? 'local' : 'http');
  }

  private viewIf(stored: StoredInstance | undefined): InstanceView | undefined {
    return stored && this.view(stored);
  }
}
