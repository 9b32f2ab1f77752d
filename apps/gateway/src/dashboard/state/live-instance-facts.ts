import type {
  CertificateExpiries,
  Ejector,
  Instance,
  LiveServiceTable,
  RegistryService,
  StoredInstance,
} from '../../discovery/index.js';
import type { InstanceFacts } from '../attention/instance-rules.js';

/** Reading all instances from Redis costs it and this process some milliseconds for each thousand. */
const READ_SHARED_EVERY_MS = 5000;

/** Dependencies of {@link LiveInstanceFacts}. */
export interface InstanceFactsParts {
  readonly registry: Pick<RegistryService, 'all' | 'unavailableSince'>;
  readonly table: LiveServiceTable;
  readonly ejector: Pick<Ejector, 'onEjection'>;
  readonly certificates: CertificateExpiries;
  /** Other gateways receive heartbeats, too. */
  readonly isShared: boolean;
}

/** What the service table does not have of instances: leases, reports, health checks. */
export class LiveInstanceFacts implements InstanceFacts {
  private stored: ReadonlyMap<string, StoredInstance> = new Map();
  private readAt = -Infinity;
  private readonly ejected = new Set<string>();

  constructor(private readonly parts: InstanceFactsParts) {
    parts.ejector.onEjection((_service, reason, id) => {
      if (reason === 'outlier') this.ejected.add(id);
      else this.ejected.delete(id);
    });
    parts.table.onChange(() => this.forgetReturned());
  }

  /** @param now milliseconds since the epoch */
  async refresh(now: number): Promise<void> {
    if (this.parts.isShared && now - this.readAt < READ_SHARED_EVERY_MS) return;
    const all = await this.parts.registry.all();
    this.stored = new Map(all.map((each) => [each.id, each]));
    this.readAt = now;
  }

  /** Instances by id. */
  get all(): ReadonlyMap<string, StoredInstance> {
    return this.stored;
  }

  get(id: string): StoredInstance | undefined {
    return this.stored.get(id);
  }

  leaseLeftOf(id: string): number | undefined {
    // No heartbeat can be recorded then, and no lease expires.
    if (this.parts.registry.unavailableSince !== undefined) return undefined;
    const stored = this.stored.get(id);
    return stored && stored.expiresAt - this.readAt;
  }

  ttlSecondsOf(id: string): number {
    return this.stored.get(id)?.ttlSeconds ?? 0;
  }

  certificateExpiryOf({ endpoint }: Pick<Instance, 'endpoint'>): number | undefined {
    return this.parts.certificates.get(endpoint);
  }

  isEjected(id: string): boolean {
    return this.ejected.has(id);
  }

  private forgetReturned(): void {
    if (this.ejected.size === 0) return;
    const down = new Set<string>();
    for (const { instances } of this.parts.table.current.entries)
      for (const { id, status } of instances) if (status === 'down') down.add(id);
    for (const id of this.ejected) if (!down.has(id)) this.ejected.delete(id);
  }
}
