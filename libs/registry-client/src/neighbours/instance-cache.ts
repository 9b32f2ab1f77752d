import type { InstanceView } from '#contracts';
import type { Registry } from '../registry.js';

type Finder = Pick<Registry, 'instances'>;

/** How long a response of the registry stays fresh, milliseconds. */
const FRESH_MS = 1000;
// A registry that hangs must not delay calls to neighbours with a known address.
const MAX_REFRESH_WAIT_MS = 250;

interface Entry {
  readonly instances: readonly InstanceView[];
  freshUntil: number;
}

const mayReceive = ({ status, weight }: InstanceView): boolean => status === 'up' && weight > 0;

/**
 * Caches the instances of neighbours that may receive requests. Entries are fresh for one second. While the registry
 * is unavailable the last known instances are used: an old address is better than none.
 */
export class InstanceCache {
  private readonly entries = new Map<string, Entry>();
  private readonly refreshes = new Map<string, Promise<Entry>>();

  constructor(private readonly registry: Finder) {}

  /** @throws the error of the registry when the call fails and no instance of the service is known. */
  async get(service: string): Promise<readonly InstanceView[]> {
    const known = this.entries.get(service);
    // An empty list is never fresh: a service that has just started must be found at once.
    if (known && known.instances.length > 0) {
      if (known.freshUntil > performance.now()) return known.instances;
      return (await this.refreshOr(service, known)).instances;
    }
    return (await this.refresh(service)).instances;
  }

  /**
   * Marks the entry as stale, so that the next use queries the registry. Called after an instance of this service
   * failed.
   */
  markStale(service: string): void {
    const entry = this.entries.get(service);
    if (entry) entry.freshUntil = 0;
  }

  private async refreshOr(service: string, stale: Entry): Promise<Entry> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<Entry>((resolve) => {
      timer = setTimeout(() => resolve(this.extend(stale)), MAX_REFRESH_WAIT_MS);
    });
    try {
      return await Promise.race([this.refresh(service).catch(() => this.extend(stale)), timeout]);
    } finally {
      clearTimeout(timer);
    }
  }

  // Callers wait for an unavailable registry once per period, not once per call.
  private extend(stale: Entry): Entry {
    stale.freshUntil = performance.now() + FRESH_MS;
    return stale;
  }

  private refresh(service: string): Promise<Entry> {
    const running = this.refreshes.get(service) ?? this.queryRegistry(service);
    this.refreshes.set(service, running);
    return running;
  }

  private async queryRegistry(service: string): Promise<Entry> {
    try {
      const instances = (await this.registry.instances(service)).filter(mayReceive);
      const entry = { instances, freshUntil: performance.now() + FRESH_MS };
      this.entries.set(service, entry);
      return entry;
    } finally {
      this.refreshes.delete(service);
    }
  }
}
